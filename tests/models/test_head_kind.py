"""Which heads give no probabilities of source classes, by what their repos say."""

import json

import pytest
import torch
from models.checkpoints import candidate, photos, save_timm

from hubscore.models.head_kind import MULTI_LABEL, ONE_OUTPUT, REGRESSION, without_softmax
from hubscore.models.load import load_network

CONFIGS = [
    ({"problem_type": "multi_label_classification"}, MULTI_LABEL),
    ({"problem_type": "regression", "num_labels": 4}, REGRESSION),
    ({"problem_type": "single_label_classification"}, ""),
    ({"problem_type": None, "hidden_act": "sigmoid"}, ""),
    ({"multi_label": True}, MULTI_LABEL),
    ({"multi_label": False}, ""),
    ({"pretrained_cfg": {"loss": "BCEWithLogitsLoss"}}, MULTI_LABEL),
    ({"model_args": {"head_activation": "Sigmoid"}}, MULTI_LABEL),
    ({"criterion": "MSELoss"}, REGRESSION),
    ({"loss": "cross_entropy"}, ""),
    ({"pretrained_cfg": {"task": "multi-label"}}, MULTI_LABEL),
]


@pytest.mark.parametrize(("config", "reason"), CONFIGS)
def test_a_configuration_says_what_the_outputs_are(config, reason):
    assert without_softmax(config, 10) == reason


def test_one_output_is_no_classification():
    assert without_softmax({}, 1) == ONE_OUTPUT and without_softmax({}) == ""


@pytest.mark.parametrize(("change", "reason"), CONFIGS[:2])
def test_a_transformers_head_without_softmax_gives_no_logits(saved, tmp_path, change, reason):
    for file in saved("vit").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps({**config, **{"problem_type": change["problem_type"]}}))
    checked(load_network(candidate(tmp_path, "transformers"), tmp_path), reason)


@pytest.mark.parametrize(("change", "outputs", "reason"), [({"loss": "bce"}, 5, MULTI_LABEL), ({}, 1, ONE_OUTPUT)])
def test_a_timm_head_without_softmax_gives_no_logits(tmp_path, change, outputs, reason):
    folder = save_timm(tmp_path, num_classes=outputs)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **change}))
    checked(load_network(candidate(folder, "timm"), folder), reason)


def checked(network, reason):
    with torch.inference_mode():
        features, logits = network.forward(network.transform_all(photos(2)[:1]))
    assert logits is None and features.shape[0] == 1
    assert not network.has_head and network.no_probabilities == reason

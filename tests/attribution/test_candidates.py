"""Whole runs over real checkpoints: what is computed, what is reused, what is skipped, alone and in two processes."""

import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from extract.probes import checkpoints, probe
from extract.ranks import run_ranks

from hubscore.attribution import METHODS, attribute_all
from hubscore.errors import StorageError, UsageError
from hubscore.extract.cache import FeatureCache
from hubscore.extract.events import CandidateFinished
from hubscore.extract.extract_all import extract_all
from hubscore.types import Candidate

PROBE = probe()


@pytest.fixture(scope="module")
def candidates(tmp_path_factory):
    return checkpoints(tmp_path_factory.mktemp("checkpoints"))


@pytest.fixture
def run(tmp_path):
    def attribute(candidates, **options):
        options = {
            "fetch": lambda one: Path(one.path),
            "store": FeatureCache(tmp_path / "store"),
            "device": "cpu",
            **options,
        }
        return attribute_all(candidates, options.pop("probe", PROBE), **options)

    return attribute


def same(first, second, tolerance=0.0):
    return all(
        np.array_equal(np.isnan(first.maps[method]), np.isnan(second.maps[method]))
        and np.abs(np.nan_to_num(first.maps[method]).astype(float) - np.nan_to_num(second.maps[method])).max()
        <= tolerance
        for method in first.maps
    )


def test_every_candidate_in_order(run, candidates):
    outcome = run(candidates, methods=METHODS, map_size=16)
    assert list(outcome.attributions) == [one.repo_id for one in candidates] and outcome.skipped == ()
    assert outcome.forward_images == len(candidates) * len(PROBE)
    for name, found in outcome.attributions.items():
        assert found.model == name and list(found.maps) == list(METHODS) and found.features.shape[0] == len(PROBE)
        for maps in found.maps.values():
            assert maps.shape == (len(PROBE), 3, 16, 16) and maps.dtype == np.float16
    unknown = {
        name: found.notes["saliency"]["geometry"].startswith("unknown") for name, found in outcome.attributions.items()
    }
    assert unknown == {
        "org/resnet": False,
        "org/vit": False,
        "org/detr": True,
    }  # DETR's processor bounds the longer edge as well


def test_features_are_those_of_extraction(run, candidates, tmp_path):
    extracted = extract_all(
        candidates, PROBE, fetch=lambda one: Path(one.path), store=FeatureCache(tmp_path / "other"), device="cpu"
    )
    for name, found in run(candidates).attributions.items():
        assert np.allclose(found.features, extracted.extractions[name].features["penultimate"], atol=1e-5)


def test_a_second_run_computes_nothing_and_needs_no_weights(run, candidates):
    first, events = run(candidates[:2], methods=METHODS), []

    def fetch(one):
        raise AssertionError("the weights are not needed")

    second = run(
        candidates[:2], methods=METHODS, fetch=fetch, fetch_config=lambda one: Path(one.path), progress=events.append
    )
    assert second.forward_images == 0 and [
        event.cached for event in events if isinstance(event, CandidateFinished)
    ] == [True, True]
    for name, found in first.attributions.items():
        assert same(found, second.attributions[name]) and found.notes == second.attributions[name].notes


def test_only_the_methods_that_are_lacking_are_made(run, candidates):
    vit = candidates[1:2]
    first = run(vit, methods=("saliency",))
    both = run(vit, methods=("gradient_x_input", "saliency"))
    assert both.forward_images == len(PROBE) and list(both.attributions["org/vit"].maps) == [
        "gradient_x_input",
        "saliency",
    ]
    assert np.array_equal(first.attributions["org/vit"].maps["saliency"], both.attributions["org/vit"].maps["saliency"])
    assert run(vit, methods=("saliency",)).forward_images == 0


@pytest.mark.parametrize(
    ("changed", "again"),
    [
        ({"objective": "norm"}, True),
        ({"map_size": 8}, True),
        ({"map_size": None}, True),
        ({"layer": "vit.layers.0"}, True),
        ({"input_size": 48}, True),
        ({"probe": probe(fingerprint="other")}, True),
        ({"gates": "epsilon"}, False),
        ({"batch_size": 1}, False),
    ],
    ids=str,
)
def test_what_decides_the_maps_decides_the_key(run, candidates, changed, again):
    run(candidates[1:2])
    outcome = run(candidates[1:2], **changed)
    assert outcome.skipped == () and outcome.forward_images == again * len(PROBE)


def test_gates_decide_epsilon_lrp(run, candidates):
    run(candidates[1:2], methods=("epsilon_lrp",))
    assert run(candidates[1:2], methods=("epsilon_lrp",), gates="epsilon").forward_images == len(PROBE)


def test_another_name_shares_the_cache_and_full_size_is_the_images_own(run, candidates):
    full = run(candidates[:1], map_size=0)
    assert full.attributions["org/resnet"].maps["saliency"].shape[2:] == (64, 90)
    renamed = run([replace(candidates[0], repo_id="fork/resnet")], map_size=None)
    assert renamed.forward_images == 0 and renamed.attributions["fork/resnet"].model == "fork/resnet"


def test_batch_sizes_and_stores_do_not_matter(run, candidates, tmp_path):
    one = run(candidates[:2], methods=METHODS, batch_size=1, store=FeatureCache(tmp_path / "one"))
    four = run(candidates[:2], methods=METHODS, batch_size=4, store=FeatureCache(tmp_path / "four"))
    for name, found in one.attributions.items():
        assert same(found, four.attributions[name], 2e-3)


def test_maps_stay_on_the_disk(run, candidates):
    maps = run(candidates[:1]).attributions["org/resnet"].maps["saliency"]
    assert isinstance(maps, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        maps[0] = 0


def test_one_bad_checkpoint_never_stops_a_run(run, candidates, tmp_path):
    (tmp_path / "config.json").write_text('{"architecture": "test_resnet"}')
    outcome = run(
        [candidates[0], Candidate("org/bad", "9" * 40, "timm", path=str(tmp_path)), candidates[1]], layer="layer9"
    )
    assert outcome.attributions == {} and [item.model for item in outcome.skipped] == [
        "org/resnet",
        "org/bad",
        "org/vit",
    ]
    assert "has no layer 'layer9'" in outcome.skipped[0].reason and "layer4, layer3" in outcome.skipped[0].reason
    assert "a config without weights" in outcome.skipped[1].reason
    found = run([candidates[0], Candidate("org/bad", "9" * 40, "timm", path=str(tmp_path)), candidates[1]])
    assert list(found.attributions) == ["org/resnet", "org/vit"]


def test_folders_are_given_back(run, candidates):
    gone = []
    run(candidates[:2], forget=lambda one: gone.append(one.repo_id))
    assert gone == ["org/resnet", "org/vit"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (
            {"methods": ("saliency", "grad_cam")},
            "Unknown attribution method 'grad_cam': there are saliency, gradient_x_input, epsilon_lrp",
        ),
        ({"methods": ()}, "Unknown attribution method"),
        ({"methods": "saliency"}, "Unknown attribution method"),
        ({"objective": "sum"}, "Unknown attribution objective 'sum': there are mean, norm"),
        ({"gates": "open"}, "Unknown attribution way with gates 'open': there are constant, epsilon"),
        ({"map_size": -1}, "Maps cannot have -1 cells per side"),
        ({"probe": replace(PROBE, items=(), indices=())}, "the probe holds no images"),
        ({"device": "abacus"}, "Cannot run on the device 'abacus'"),
    ],
)
def test_bad_usage(run, candidates, wrong, words):
    with pytest.raises(UsageError, match=words):
        run(candidates, **wrong)


def test_a_cache_that_was_cleared_meanwhile(run, candidates, tmp_path):
    run(candidates[:1])
    store = FeatureCache(tmp_path / "store")
    with pytest.raises(StorageError, match="Cannot read the attributions in"):
        store.map_array("0" * 64, "attributions")
    with pytest.raises(StorageError, match="Cannot read the logits in"):
        store.map_array(store.entries()[0].key, "logits")


RANK = """
import os, sys, pickle
from pathlib import Path
from extract.probes import probe
from hubscore.attribution import METHODS, attribute_all
from hubscore.extract.distributed import leave_process_group
from hubscore.extract.cache import FeatureCache

place, rank = Path(sys.argv[1]), os.environ["RANK"]
candidates = pickle.loads((place / "candidates").read_bytes())
outcome = attribute_all(
    candidates, probe(), fetch=lambda one: Path(one.path), store=FeatureCache(place / "store"), methods=METHODS,
    device="cpu",
)
(place / f"outcome-{rank}").write_bytes(pickle.dumps(outcome))
leave_process_group()
"""


@pytest.mark.slow
def test_two_processes_share_the_work_and_return_the_same(run, candidates, warm_python, tmp_path):
    (tmp_path / "candidates").write_bytes(pickle.dumps(candidates))
    run_ranks([warm_python] * 2, RANK, tmp_path)
    alone = run(candidates, store=FeatureCache(tmp_path / "alone"), methods=METHODS)
    for rank in (0, 1):
        outcome = pickle.loads((tmp_path / f"outcome-{rank}").read_bytes())
        assert list(outcome.attributions) == list(alone.attributions) and outcome.forward_images == alone.forward_images
        for name, expected in alone.attributions.items():
            assert (
                same(outcome.attributions[name], expected, 1e-3)
                and outcome.attributions[name].notes.keys() == expected.notes.keys()
            )

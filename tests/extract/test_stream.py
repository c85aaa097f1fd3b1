"""Results one at a time: each is there before the next candidate is touched, and nobody keeps it."""

import gc
import weakref
from dataclasses import replace
from pathlib import Path

import pytest
from extract.probes import checkpoints, probe, same

from hubscore.errors import StorageError
from hubscore.extract.cache import FeatureCache
from hubscore.extract.extract_all import extract_all
from hubscore.extract.stream import extract_each
from hubscore.types import Candidate

PROBE = probe()


@pytest.fixture(scope="module")
def candidates(tmp_path_factory):
    made = checkpoints(tmp_path_factory.mktemp("checkpoints"))[:2]
    return [made[0], Candidate("org/bad", "9" * 40, "timm", path="/nowhere"), made[1]]


def test_each_is_yielded_before_the_next_is_fetched(candidates, tmp_path):
    fetched, forgotten = [], []
    results = extract_each(
        candidates,
        PROBE,
        fetch=lambda one: fetched.append(one.repo_id) or Path(one.path),
        fetch_config=lambda one: Path(one.path),
        store=FeatureCache(tmp_path),
        forget=lambda one: forgotten.append(one.repo_id),
        device="cpu",
    )
    first = next(results)
    assert first.candidate == candidates[0] and first.skipped is None and first.forward_images == len(PROBE)
    assert fetched == forgotten == ["org/resnet"]
    second = next(results)
    assert second.extraction is None and second.skipped.model == "org/bad" and second.forward_images == 0
    results.close()
    assert "org/vit" not in fetched and forgotten == ["org/resnet", "org/bad"]


def test_nothing_is_kept_of_what_was_yielded(candidates, tmp_path):
    results = extract_each(
        candidates, PROBE, fetch=lambda one: Path(one.path), store=FeatureCache(tmp_path), device="cpu"
    )
    first = next(results)
    array = weakref.ref(first.extraction.features["penultimate"])
    del first
    next(results)
    gc.collect()
    assert array() is None


def test_collected_it_is_what_extract_all_returns(candidates, tmp_path):
    options = {"fetch": lambda one: Path(one.path), "device": "cpu"}
    backwards = list(extract_each(candidates[::-1], PROBE, store=FeatureCache(tmp_path / "a"), **options))
    outcome = extract_all(candidates, PROBE, store=FeatureCache(tmp_path / "b"), **options)
    assert list(outcome.extractions) == ["org/resnet", "org/vit"]
    for one in backwards:
        if one.extraction is None:
            assert one.skipped in outcome.skipped
        else:
            found = outcome.extractions[one.candidate.repo_id]
            assert same(one.extraction.features["penultimate"], found.features["penultimate"])
    assert outcome.forward_images == sum(one.forward_images for one in backwards)


def test_what_stops_a_run_comes_out_of_it(candidates, tmp_path):
    def fetch(one):
        raise StorageError("The disk is full", "it is small", "another disk")

    results = extract_each([replace(candidates[0])], PROBE, fetch=fetch, store=FeatureCache(tmp_path), device="cpu")
    with pytest.raises(StorageError):
        next(results)

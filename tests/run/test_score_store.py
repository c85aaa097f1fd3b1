from dataclasses import replace

import numpy as np
import pytest
from fakes import fake_pool, fake_probe

from hubscore.extract.cache import FeatureCache
from hubscore.ranking.request import Request
from hubscore.ranking.score_inputs import ProbeResults
from hubscore.ranking.scorer import Scorer
from hubscore.run import score_store
from hubscore.run.score_store import ScoreStore
from hubscore.scores.info import SCORES

PROBE = fake_probe(each=6)
(CANDIDATE,), EXTRACTIONS = fake_pool(PROBE, names=["lab/good"])
EXTRACTION = EXTRACTIONS["lab/good"]


def scorer(probe=PROBE, reference=None, **asked):
    request = Request(**{"scores": "knn,energy", "subsamples": 2, **asked})
    return Scorer([ProbeResults(probe, {}, reference)], request, kernels=False)


@pytest.fixture
def kept(tmp_path):
    """A store that knows one checkpoint's numbers, and those numbers."""
    store, made = ScoreStore(tmp_path), scorer()
    numbers = made.numbers(made.open(CANDIDATE, [EXTRACTION]))
    store.write(CANDIDATE, [EXTRACTION], made, numbers)
    return store, numbers


def test_what_was_kept_comes_back_also_for_another_name_of_the_same_network(kept):
    store, numbers = kept
    assert store.read(CANDIDATE, [EXTRACTION], scorer()) == numbers
    assert store.read(replace(CANDIDATE, repo_id="lab/copy", likes=7), [EXTRACTION], scorer()) == numbers


def test_whatever_decides_a_value_decides_what_is_found(kept):
    store, _ = kept
    other = EXTRACTION.features["penultimate"].copy()
    other.view(np.uint32)[0, 0] ^= 1  # one bit
    for extraction in (replace(EXTRACTION, features={"penultimate": other}), replace(EXTRACTION, logits=None)):
        assert store.read(CANDIDATE, [extraction], scorer()) is None
    relabelled = replace(PROBE, labels=np.roll(PROBE.labels, 1))
    for made in (scorer(relabelled), scorer(scores="knn"), scorer(subsamples=3), scorer(seed=1)):
        assert store.read(CANDIDATE, [EXTRACTION], made) is None


def test_arrays_are_hashed_once_for_looking_and_keeping(tmp_path, monkeypatch):
    store, made, hashed = ScoreStore(tmp_path), scorer(), []
    real = score_store._digest
    monkeypatch.setattr(score_store, "_digest", lambda arrays: hashed.append(1) or real(arrays))
    extractions = [EXTRACTION]
    assert store.read(CANDIDATE, extractions, made) is None
    once = len(hashed)
    numbers = made.numbers(made.open(CANDIDATE, extractions))
    store.write(CANDIDATE, extractions, made, numbers)
    assert len(hashed) == once > 0 and store.read(CANDIDATE, extractions, made) == numbers
    store.write(CANDIDATE, [replace(EXTRACTION, logits=None)], made, numbers)  # another's is not taken for it
    assert len(hashed) == 3 * once


def test_a_damaged_note_is_as_none(kept, tmp_path):
    store, numbers = kept
    (path,) = (tmp_path / "scores").iterdir()
    value = str(numbers.probes[0].parts["knn"].value)
    path.write_text(path.read_text().replace(value, "0.123", 1))
    assert store.read(CANDIDATE, [EXTRACTION], scorer()) is None
    path.write_text("{")
    assert store.read(CANDIDATE, [EXTRACTION], scorer()) is None


def test_nothing_is_kept_of_another_packages_score_or_beside_a_reference(tmp_path, monkeypatch):
    store = ScoreStore(tmp_path)
    other = replace(SCORES.get("knn"), name="mine", function="somewhere.else:mine")
    monkeypatch.setitem(SCORES._entries, "mine", other)
    for made in (scorer(scores="mine", subsamples=0), scorer(scores="knn", reference=EXTRACTION)):
        store.write(CANDIDATE, [EXTRACTION], made, made.numbers(made.open(CANDIDATE, [EXTRACTION])))
        assert store.read(CANDIDATE, [EXTRACTION], made) is None
    assert not (tmp_path / "scores").exists()


def test_clearing_the_cache_clears_the_scores(kept, tmp_path):
    FeatureCache(tmp_path).clear()
    assert not list((tmp_path / "scores").iterdir())

"""A ranking that grows is the ranking of all at once, and holds nothing that it need not."""

import gc
import threading
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from fakes import fake_pool, fake_probe

from hubscore.errors import CandidateError, Undefined
from hubscore.ranking.build import build_ranking
from hubscore.ranking.builder import RankingBuilder
from hubscore.ranking.request import Request
from hubscore.ranking.score_inputs import ProbeResults
from hubscore.ranking.scorer import Scorer
from hubscore.scores.info import SCORES
from hubscore.types import Skipped

PROBE = fake_probe(each=6)
ASKED = {"scores": "energy,ncti,logme,knn,etran", "subsamples": 3}


def builder(expected, asked=ASKED, **options):
    return RankingBuilder(
        Scorer([ProbeResults(PROBE, {})], Request(**asked), kernels=False), expected=expected, **options
    )


def values(ranking):
    """Everything but times."""
    return {**ranking.to_json(), "record": {**ranking.to_json()["record"], "milliseconds": None}}


@pytest.mark.parametrize("workers", [1, 3])
def test_neither_the_order_of_arrival_nor_the_threads_change_anything(workers):
    candidates, extractions = fake_pool(PROBE, headless=["lab/poor"])
    expected = build_ranking(candidates, extractions, PROBE, **ASKED)
    with builder(len(candidates), workers=workers) as growing:
        for one in reversed(candidates):
            growing.add(one, [extractions[one.repo_id]])
        assert values(growing.finish()) == values(expected)


def test_what_is_scored_is_told_as_it_comes_and_what_cannot_be_is_skipped():
    candidates, extractions = fake_pool(PROBE)
    broken = np.full((len(PROBE), 2), np.nan)
    extractions["lab/best"] = replace(extractions["lab/best"], features={"penultimate": broken})
    told = []
    with builder(6, scored=lambda one: told.append(one.context.candidate.repo_id), workers=1) as growing:
        for number, one in enumerate(candidates):
            growing.add(one, [extractions[one.repo_id]])
            assert len(told) >= number - 1, "one may be under way"
        growing.wait()
        ranking = growing.finish(skipped=[Skipped("lab/evil", "a pickle")])
    assert sorted(told) == sorted(row.model for row in ranking) and "lab/best" not in told
    assert [item.model for item in ranking.skipped] == ["lab/best", "lab/evil"]


def test_nothing_that_came_is_nothing_to_rank():
    with builder(0) as growing, pytest.raises(CandidateError, match="a pickle"):
        growing.finish(skipped=[Skipped("lab/evil", "a pickle")])


def test_memory_is_flat_in_the_number_of_checkpoints():
    """Arrays of 16 checkpoints would be 16 x 1.2 MB in float64."""
    (candidate,), extractions = fake_pool(PROBE, names=["lab/good"], d=24)
    wide = np.random.default_rng(0).normal(size=(len(PROBE), 150_000 // len(PROBE))).astype(np.float32)

    def grow(count):
        with builder(count, {"scores": "ncti,knn"}, workers=1) as growing:
            for number in range(count):
                name = f"lab/net{number}"
                one = replace(extractions["lab/good"], model=name, features={"penultimate": wide + number})
                growing.add(replace(candidate, repo_id=name), [one])
            growing.wait()
            del one
            gc.collect()
            return tracemalloc.get_traced_memory()[0]

    grow(2)
    tracemalloc.start()
    try:
        few, many = grow(4), grow(16)
    finally:
        tracemalloc.stop()
    assert many - few < 2_400_000


class Remembered(dict):
    """A store in memory."""

    def read(self, candidate, extractions, scorer):
        return self.get(candidate.repo_id)

    def write(self, candidate, extractions, scorer, numbers):
        self[candidate.repo_id] = numbers


def test_what_the_store_knows_is_not_computed_again(monkeypatch):
    candidates, extractions = fake_pool(PROBE)
    store, rankings = Remembered(), []
    for _ in range(2):
        with builder(6, store=store) as growing:
            for one in candidates:
                growing.add(one, [extractions[one.repo_id]])
            rankings.append(values(growing.finish()))
        monkeypatch.setattr(Scorer, "numbers", None)
    assert len(store) == 6 and rankings[0] == rankings[1]


def test_an_error_in_a_thread_comes_out_and_stops_the_others():
    class Full(Remembered):
        def write(self, candidate, extractions, scorer, numbers):
            raise OSError("the disk is full")

    candidates, extractions = fake_pool(PROBE)
    before = threading.active_count()
    with pytest.raises(OSError, match="full"), builder(6, store=Full(), workers=2) as growing:
        for one in candidates:
            growing.add(one, [extractions[one.repo_id]])
        growing.finish()
    assert threading.active_count() == before


def width(workspaces):
    """The mean over the set of how many features there are: it needs all at once."""
    if len({one.n for one in workspaces}) > 1:
        raise Undefined("It is undefined", "the rows differ")
    return [float(np.mean([one.d for one in workspaces])) * one.n for one in workspaces]


def test_a_score_over_the_set_without_terms_still_sees_all(monkeypatch):
    info = replace(SCORES.get("ncti"), name="width", title="Width", function=f"{__name__}:width", terms="", values="")
    monkeypatch.setitem(SCORES._entries, "width", info)
    candidates, extractions = fake_pool(PROBE)
    ranking = build_ranking(candidates, extractions, PROBE, scores="width,knn", subsamples=2)
    assert {row.scores["width"] for row in ranking} == {24.0 * len(PROBE)}
    assert all(row.score_sd["width"] == 0 for row in ranking)

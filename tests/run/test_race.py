"""Races over HTTP against the local Hub, with real networks; what is stopped early is decided by few rows."""

from functools import partial

import numpy as np
import pytest
from e2e.conftest import colours
from fakes import fake_probe

from hubscore.errors import CandidateError, UsageError
from hubscore.extract.stream import CandidateResult
from hubscore.ranking.racing import stage_sizes
from hubscore.ranking.score_inputs import ProbeResults
from hubscore.run.observer import RunObserver
from hubscore.run.race import race_work, some_rows, stage_options
from hubscore.run.race_rules import FROM
from hubscore.run.rank import rank
from hubscore.run.rank_options import RankOptions
from hubscore.types import Skipped

__all__ = ["colours"]  # a fixture


def test_a_stage_computes_the_kernel_probes_alone_where_they_order_the_ranking():
    probe = fake_probe()
    light = stage_options(RankOptions(subsamples=20, capacity=True), probe)
    assert light.scores == ("kernel_probe", "kernel_probe_loss") and light.subsamples == 0 and not light.capacity
    full = stage_options(RankOptions(scores="knn,logme"), probe)
    assert full.scores == "knn,logme" and full.subsamples == 20 and not full.layers


def test_some_rows_of_a_probe_are_the_same_rows():
    probe = fake_probe()
    part = some_rows(probe, np.array([3, 5, 8]))
    assert part.indices == tuple(probe.indices[at] for at in (3, 5, 8)) and part.labels.tolist() == [3, 1, 0]
    assert len(set(part.row_ids)) == 3 and part.row_ids == some_rows(probe, np.array([0, 3, 5, 8])).row_ids[1:]
    assert part.fingerprint != probe.fingerprint


@pytest.fixture(scope="module")
def ranked(tiny_repos, colours):
    def ranked(cache, **options):
        asked = {"scores": "knn,kernel_probe,kernel_probe_loss", "device": "cpu", "layers": False, "samples": 30}
        models = [tiny_repos.timm, tiny_repos.transformers]
        return rank(colours, **{**asked, **options}, models=models, cache_dir=cache, isolate="never")

    return ranked


@pytest.fixture(scope="module")
def whole(ranked, tmp_path_factory):
    """What comes out without a race."""
    return ranked(tmp_path_factory.mktemp("whole"))


@pytest.fixture
def run(ranked, tmp_path, monkeypatch):
    monkeypatch.setattr("hubscore.run.race.LEAST", 1)
    monkeypatch.setattr("hubscore.run.race.stage_sizes", lambda samples, classes: (9, 15))
    return partial(ranked, tmp_path)


def test_who_is_stopped_stands_below_with_its_rows_and_the_others_are_as_without_a_race(run, whole, monkeypatch):
    best = whole.best.model
    monkeypatch.setattr("hubscore.run.race.survivors", lambda rows, least: {best})
    made = run(race=True)
    assert [row.model for row in made] == [row.model for row in whole]
    assert (
        made.best.rows == 30
        and made.best.stage is None
        and made.best.scores == pytest.approx(whole.best.scores, rel=1e-4)
    )
    last = made.rows[-1]
    assert (last.stage, last.rows, last.rank, last.p_best, last.shortlist) == (1, 9, 2, None, False)
    race = made.record.race
    assert [(one.rows, one.candidates, one.stopped) for one in race.stages] == [(9, 2, 1)]
    assert race.rows == 30 and race.candidates == 1 and not race.next
    assert made.record.forward_images == 9 + 30 and whole.record.forward_images == 60
    assert set(made.record.extractions) == {row.model for row in made}
    assert any("stopped early (1 after 9 rows)" in warning for warning in made.record.warnings)


def test_a_race_that_stops_nobody_runs_every_row_once(run, whole):
    made = run(race=True)
    for row, other in zip(made, whole, strict=True):
        assert (row.model, row.rank, row.stage) == (other.model, other.rank, None)
        assert row.scores == pytest.approx(other.scores, rel=1e-4)  # a row's batch changes its last bits
    assert made.record.forward_images == whole.record.forward_images
    assert [one.stopped for one in made.record.race.stages] == [0, 0]


def test_a_budget_that_is_spent_ranks_by_the_last_rows_that_all_have_run_over(run, monkeypatch):
    times = iter([0.0, 1.0, 1.0, *[61.0] * 50])  # the second stage is cut off
    monkeypatch.setattr("hubscore.run.race._now", lambda: next(times))
    made = run(budget="1m", race=True)
    assert {row.rows for row in made} == {9} and len(made) == 2
    race = made.record.race
    assert race.budget == 60 and race.rows == 9 and "had still to run over 15 rows" in race.next
    assert any("The budget is spent" in warning for warning in made.record.warnings)


def test_a_budget_that_ends_in_the_first_stage_names_who_was_not_reached(run, monkeypatch):
    monkeypatch.setattr("hubscore.run.race._now", iter([0.0, *[99.0] * 50]).__next__)
    made = run(budget="1m", race=True)
    assert len(made) == 1 and made.best.rows == 9
    assert "--budget" in made.skipped[0].reason and "would have run over 15 rows" in made.record.race.next


def test_the_work_of_a_race_is_known_before_it_begins_where_there_is_one():
    probe = fake_probe(4, 50)
    assert race_work(RankOptions(), probe, FROM) is None and race_work(RankOptions(race=False), probe, 900) is None
    work = race_work(RankOptions(finetune_top=9), probe, FROM + 1, layers=True)
    assert work is not None and (work.candidates, work.samples, work.least) == (FROM + 1, 200, 9) and work.layers
    assert work.stages == stage_sizes(200, len(probe.classes))
    assert race_work(RankOptions(race=True), probe, 6) is None  # nobody could be stopped
    assert race_work(RankOptions(race=True), fake_probe(4, 5), 60) is None  # too few rows


def test_a_run_says_before_it_begins_that_it_is_a_race(run):
    said = []

    class Watcher(RunObserver):
        def planned(self, plan, budget_gb, yes):
            said.append(plan.race)
            raise KeyboardInterrupt  # before anything runs

    for options in ({"race": True}, {}):
        with pytest.raises(KeyboardInterrupt):
            run(watcher=Watcher(), **options)
    assert said[1] is None and said[0].stages == (9, 15) and said[0].fewest == 2 * 9 + 1 * 21


def test_who_ran_in_a_stage_and_cannot_be_scored_is_skipped_with_the_reason(run, tiny_repos, monkeypatch):
    refuse(monkeypatch, {tiny_repos.timm})
    made = run(race=True)
    assert len(made) == 1
    assert [(one.model, one.reason) for one in made.skipped] == [
        (tiny_repos.timm, "Cannot score it: its features are torn")
    ]


def test_where_no_candidate_is_left_after_a_stage_the_reason_of_each_is_said(run, tiny_repos, monkeypatch):
    monkeypatch.setattr("hubscore.run.growing.extract_stream", broken)
    with pytest.raises(CandidateError, match=f"{tiny_repos.timm}: its files are torn"):
        run(race=True)


def refuse(monkeypatch, names):
    """Let the features of some candidates be unusable."""
    opened = ProbeResults.opened

    def picky(self, candidate, extraction):
        if candidate.repo_id in names:
            raise UsageError("Cannot score it", "its features are torn")
        return opened(self, candidate, extraction)

    monkeypatch.setattr(ProbeResults, "opened", picky)


def broken(session, candidates, *about):
    """Skip every candidate."""
    yield from (CandidateResult(one, None, Skipped(one.repo_id, "its files are torn"), 0) for one in candidates)


def test_before_layers_one_more_stage_over_all_rows_says_whose_are_read(run, monkeypatch):
    kept = iter([2, 2, 1])
    monkeypatch.setattr("hubscore.run.race.survivors", lambda rows, least: {row.model for row in rows[: next(kept)]})
    made = run(race=True, scores="kernel_probe,kernel_probe_loss,layer_kernel_probe", layers=True)
    race = made.record.race
    assert [(one.rows, one.candidates, one.stopped) for one in race.stages] == [(9, 2, 0), (15, 2, 0), (30, 2, 1)]
    assert race.rows == 30 and race.candidates == 1 and made.rows[-1].stage == 3 and made.rows[-1].rows == 30
    assert "layer_kernel_probe" not in made.rows[-1].scores and "layer_kernel_probe" in made.best.scores
    assert made.record.forward_images == 30 + 30 + 30

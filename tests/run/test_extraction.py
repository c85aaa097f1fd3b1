"""What is asked of the layers follows from the scores; running them is tested with sessions and several processes."""

from dataclasses import replace

import numpy as np
import pytest
from extract.probes import probe

from hubscore.candidates.candidate_set import CandidateSet
from hubscore.errors import ErrorCode, HubError, UsageError
from hubscore.extract.stream import CandidateResult
from hubscore.run.extraction import allowed_seconds, layer_request
from hubscore.run.options import RunOptions
from hubscore.run.rank_options import RankOptions
from hubscore.run.session import Session
from hubscore.types import Candidate, Skipped

FOUND = CandidateSet((Candidate("org/one", "1" * 40, "timm"),))
EVERYONE = replace(FOUND, candidates=(*FOUND.candidates, Candidate("org/reference", "2" * 40, "timm")))
LABELLED = [replace(probe(count), labels=np.arange(count) % 2, target="classification") for count in (6, 4)]


def asked(probes=LABELLED, **options):
    return layer_request(RankOptions(**options), FOUND, EVERYONE, probes, seed=3)


def test_one_kernel_a_probe_of_every_candidate_and_none_of_the_reference():
    request = asked()
    assert (request.seed, request.parts, request.without) == (3, (6, 4), {"org/reference"})
    assert (request.batch, request.transform, request.failed) == (100, "whole", {})


def test_none_where_nothing_reads_it():
    assert asked(scores="logme,kernel_probe") is None and asked(layers=False) is None
    assert asked(scores="layer_kernel_probe_loss") is not None
    assert asked([replace(one, labels=None) for one in LABELLED]) is None


def test_a_worker_may_take_what_is_asked_for_or_ten_times_the_plan_and_ten_minutes_at_least():
    def allowed(seconds, **known):
        session = Session(run=RunOptions(**known))
        session.seconds = {"org/one": seconds}
        return allowed_seconds(session, FOUND.candidates[0])

    assert allowed(7.0) == 600 and allowed(700.0) == 7000 and allowed(700.0, timeout_per_model="1m") == 60


def test_what_exists_in_this_process_alone_runs_here_and_that_is_said_unless_it_must_not(tmp_path):
    items = [object.__new__(type("Mine", (), {"__module__": "__main__"}))]
    rows, missing = replace(probe(1), items=items), [replace(FOUND.candidates[0], path=str(tmp_path / "nowhere"))]
    run = RunOptions(device="cpu", cache_dir=tmp_path, isolate="auto")
    with pytest.warns(RuntimeWarning, match=r"process of their caller: .*'Mine'"):
        outcome = Session(run=run).extract(missing, rows)
    assert [one.model for one in outcome.skipped] == ["org/one"]
    with pytest.raises(UsageError, match="--isolate auto"):
        Session(run=replace(run, isolate="always")).extract(missing, rows)


@pytest.mark.parametrize(("processes", "rounds"), [(1, 2), (2, 1)])
def test_processes_of_a_launcher_which_wait_for_each_other_ask_the_hub_in_one_round(processes, rounds, monkeypatch):
    asked, session = [], Session()

    def lost(left, *about, **more):
        asked.append(len(left))
        for one in left:
            session.downloader.outage.lost[one.repo_id] = HubError("x", "it failed", code=ErrorCode.SERVER_ERROR)
            yield CandidateResult(one, None, Skipped(one.repo_id, "the Hub failed"), 0)

    monkeypatch.setenv("WORLD_SIZE", str(processes))
    monkeypatch.setattr("hubscore.run.extraction.extract_each", lost)
    (skipped,) = session.extract(FOUND.candidates, LABELLED[0]).skipped
    assert len(asked) == rounds and skipped.code == ErrorCode.SERVER_ERROR

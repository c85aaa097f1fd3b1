"""Files that stay for the next stage, and those that go."""

from __future__ import annotations

from hubscore.run.options import RunOptions
from hubscore.run.race_files import files_kept, let_go
from hubscore.run.session import Session
from hubscore.types import Candidate

NETS = [Candidate(f"org/{name}", "0" * 40, "timm", bytes=10**9) for name in "abcdef"]


def test_as_many_stay_as_the_budget_takes_beside_those_at_work():
    kept = files_kept(Session(run=RunOptions(evict=True, budget_gb=5)), NETS)
    assert kept == {"org/a", "org/b"}
    assert files_kept(Session(run=RunOptions(evict=True, budget_gb=50)), NETS) == {one.repo_id for one in NETS}
    assert not files_kept(Session(run=RunOptions(evict=True, budget_gb=1)), NETS)


def test_what_has_no_known_size_goes_and_without_evicting_nothing_is_special():
    unknown = [Candidate("org/x", "0" * 40, "timm")]
    assert not files_kept(Session(run=RunOptions(evict=True)), unknown)
    assert not files_kept(Session(run=RunOptions()), NETS)


def test_files_of_those_that_were_stopped_go_once(monkeypatch):
    session, gone = Session(run=RunOptions(evict=True)), []
    monkeypatch.setattr(session.downloader, "evict", lambda one: gone.append(one.repo_id))
    session.kept = frozenset({"org/a", "org/b", "org/c"})
    for _ in range(2):
        let_go(session, NETS, NETS[:2])
    assert gone == ["org/c"] and session.kept == {"org/a", "org/b"}

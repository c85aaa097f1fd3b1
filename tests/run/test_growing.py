"""Candidates are scored as they come, over HTTP against the local Hub, with real networks."""

import sys

import pytest
from e2e.conftest import colours

from hubscore.candidates.downloader import Downloader
from hubscore.ranking.scorer import Scorer
from hubscore.run.observer import RunObserver
from hubscore.run.rank import rank

__all__ = ["colours"]  # a fixture


class Log(RunObserver):
    """Keeps the order in which things happen."""

    def __init__(self):
        self.told, self.values = [], {}

    def event(self, event):
        self.told.append((event.kind, event.model))

    def scored(self, model, values):
        self.told.append(("scored", model))
        self.values[model] = dict(values)


@pytest.fixture
def run(tiny_repos, colours, tmp_path):
    def ranked(log=None, **options):
        options = {"models": [tiny_repos.timm, tiny_repos.transformers], "samples": 9, **options}
        asked = {"scores": "knn,logme,ncti", "device": "cpu", "cache_dir": tmp_path, "layers": False}
        return rank(colours, **{"isolate": "never", **asked, **options}, watcher=log)

    return ranked


def plain(ranking):
    """The rows without times."""
    return [{**row.to_json(), "seconds": None} for row in ranking]


def test_scores_are_told_while_others_run_and_are_not_computed_again(run, tiny_repos, monkeypatch):
    log = Log()
    made = run(log)
    assert sorted(log.values) == sorted([tiny_repos.timm, tiny_repos.transformers])
    assert set(log.values[tiny_repos.timm]) == {"knn", "logme"}, "ncti is known when all are there"
    assert log.values[tiny_repos.timm]["knn"] == next(r for r in made if r.model == tiny_repos.timm).scores["knn"]
    monkeypatch.setattr(Scorer, "numbers", None)
    assert plain(run()) == plain(made)


def test_what_was_scored_before_a_run_was_stopped_is_kept(run, tiny_repos, monkeypatch):
    class Stop(Log):
        def scored(self, model, values):
            super().scored(model, values)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(Stop())
    count, real = [], Scorer.numbers
    monkeypatch.setattr(Scorer, "numbers", lambda *given, **known: (count.append(1), real(*given, **known))[1])
    run()
    assert len(count) <= 1


def test_a_reference_network_is_compared_with_all(run, tiny_repos):
    made = run(reference=tiny_repos.timm, scores="knn,cka")
    assert all("cka" in row.scores for row in made) and made.record.reference.model == tiny_repos.timm
    own = next(row for row in made if row.model == tiny_repos.timm)
    assert own.scores["cka"] == pytest.approx(1.0)


def test_workers_and_files_fetched_ahead_change_nothing_and_are_fetched_once(
    run, tiny_repos, warm_python, tmp_path, monkeypatch
):
    monkeypatch.setattr(sys, "executable", warm_python)
    fetched = []
    real = Downloader.download
    monkeypatch.setattr(Downloader, "download", lambda self, one: (fetched.append(one.repo_id), real(self, one))[1])
    made = run(isolate="always", evict=True)
    assert sorted(fetched) == sorted([tiny_repos.timm, tiny_repos.transformers]), "each once"
    assert made.record.forward_images == 18
    here = run(cache_dir=tmp_path / "other")
    assert plain(made) == plain(here)

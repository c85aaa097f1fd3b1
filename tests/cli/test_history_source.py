import numpy as np
import pytest
from resultscene import bob, made, ranking

from hubscore.cli.history_source import open_score, own_results
from hubscore.errors import UsageError
from hubscore.hub.client import hub_api
from hubscore.publish.results import publish_results
from hubscore.publish.results.history_folder import publish_history
from hubscore.recommend.history import History
from hubscore.recommend.history_file import save_history

__all__ = ["bob", "ranking"]  # fixtures


def logged_in(monkeypatch, api):
    for place in ("hubscore.cli.history_source.hub_api", "hubscore.hub.client.hub_api"):
        monkeypatch.setattr(place, lambda token=None: api)


def test_nobody_is_logged_in(hub, monkeypatch):
    logged_in(monkeypatch, hub_api(False))
    with pytest.raises(UsageError, match="No history was named") as raised:
        own_results()
    assert "Nobody is logged in" in raised.value.why and "--history" in raised.value.fix


def test_the_results_of_who_is_logged_in_and_the_score_that_was_asked_for(hub, ranking, bob, monkeypatch):
    logged_in(monkeypatch, bob)
    monkeypatch.setattr("hubscore.cli.history_source.default_repo", lambda user: f"{user}/own-results")
    with pytest.raises(UsageError) as raised:
        own_results()
    assert "there is no 'bob/own-results'" in raised.value.why
    for day, name in enumerate(("me/pets", "me/boats"), 1):
        run = made(ranking, f"2030-01-0{day}T00:00:00Z", dataset=name)
        publish_results(run, repo="bob/own-results", api=bob, yes=True, wait=0.02, allow_private_dataset_name=True)
    assert own_results() == "bob/own-results"
    publish_history(own_results(), score="knn", api=bob, yes=True)
    assert open_score(own_results(), None)[0].score == "knn"
    assert open_score(own_results(), "logme")[0].score == "logme"  # its history/ holds another: the runs beside it do


def test_a_saved_history_or_a_table_without_the_score(tmp_path):
    past = History.of(["a", "b"], ["birds", "cars"], np.array([[0.9, 0.7], [0.5, 0.4]]))
    save_history(past, tmp_path / "past")
    assert open_score(str(tmp_path / "past"), "measured")[0].models == ("a", "b")
    with pytest.raises(UsageError, match="holds accuracy, not expected"):
        open_score(str(tmp_path / "past"), "expected")
    (tmp_path / "t.csv").write_text("model,target,accuracy\na,birds,0.5\nb,birds,0.6\n", encoding="utf-8")
    with pytest.raises(UsageError, match="holds accuracy, not fda"):
        open_score(str(tmp_path / "t.csv"), "fda")

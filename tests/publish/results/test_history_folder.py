from dataclasses import replace

import numpy as np
import pytest
from resultscene import made
from smalldisk import small_files

from hubscore.errors import HubscoreError, UsageError
from hubscore.publish.results import publish_results, write_results
from hubscore.publish.results.history_folder import PATHS, publish_history, with_rankings
from hubscore.recommend.recommend import recommend
from hubscore.recommend.sources import open_history
from hubscore.results import read_results
from hubscore.run.history import read_history
from hubscore.run.rank_options import RankOptions
from hubscore.types import Measured


@pytest.fixture
def repo(request):
    return "alice/" + request.node.name.replace("_", "-")[:60]


def send(ranking, repo, api):
    return publish_results(ranking, repo=repo, api=api, yes=True, wait=0.02, allow_private_dataset_name=True)


def runs(ranking, *names):
    return [made(ranking, f"2030-01-0{day}T00:00:00Z", dataset=name) for day, name in enumerate(names, 1)]


def test_update_begins_it_and_every_run_keeps_it_up(ranking, repo, alice):
    first, second, third = runs(ranking, "me/pets", "me/boats", "me/trees")
    send(first, repo, alice)
    assert "history/" not in send(second, repo, alice).diff
    planned = publish_history(repo, score="knn", api=alice)
    assert planned.publication.outcome == "planned" and "+ history/history.safetensors" in planned.publication.diff
    assert not set(PATHS) & set(read_results(repo, alice).contents.names)
    assert publish_history(repo, score="knn", api=alice, yes=True).publication.outcome == "published"
    assert publish_history(repo, api=alice, yes=True).publication.outcome == "unchanged"
    assert open_history(repo, api=alice)[0].tasks == ("me/boats", "me/pets")
    assert "~ history/history.safetensors" in send(third, repo, alice).diff
    history, space = open_history(repo, api=alice)
    assert history.tasks == ("me/boats", "me/pets", "me/trees") and history.score == "knn"
    assert space.tasks.shape[0] == 3 and history.kinds.all()
    assert {row.model: row.scores["knn"] for row in third.rows} == pytest.approx(
        dict(zip(history.models, history.values[:, 2], strict=True))
    )
    head = alice.dataset_info(repo).sha
    assert send(third, repo, alice).outcome == "unchanged" and alice.dataset_info(repo).sha == head


def test_recommend_and_rank_read_it(ranking, repo, alice, monkeypatch):
    tuned = made(ranking, "2030-01-01T00:00:00Z", dataset="me/pets")
    best, *rest = tuned.rows
    other = [replace(row, measured=Measured(0.5, 100, 2, 1.0, 300)) for row in rest[:2]]
    tuned = replace(tuned, rows=(replace(best, measured=Measured(0.9, 100, 2, 1.0, 300)), *other, *rest[2:]))
    send(tuned, repo, alice)
    publish_history(repo, score="knn", api=alice, yes=True)
    monkeypatch.setattr("hubscore.hub.client.hub_api", lambda token=None: alice)
    monkeypatch.setattr("hubscore.run.history.hub_api", lambda token=None: alice)
    found = recommend("me/flowers", repo)
    assert found.score == "knn" and set(found.models) == {row.model for row in ranking.rows}
    measured = read_history(RankOptions(history=repo))  # its history holds estimates, its runs what was measured
    assert {(one.model, one.target, one.accuracy) for one in measured} == {
        (best.model, "me/pets", 0.9),
        *((row.model, "me/pets", 0.5) for row in rest[:2]),
    }


def test_a_folder_has_one_too(ranking, tmp_path):
    first, second = runs(ranking, "me/pets", "me/boats")
    write_results(tmp_path, [first])
    publish_history(tmp_path, score="logme", yes=True)
    write_results(tmp_path, [second])
    history, space = open_history(tmp_path)
    assert history.tasks == ("me/pets", "me/boats") and history.score == "logme" and space is not None
    assert np.isfinite(history.values).all()


def test_a_damaged_one_stops_no_run_and_is_named(ranking, tmp_path):
    first, second = runs(ranking, "me/pets", "me/boats")
    results = write_results(tmp_path, [first])
    publish_history(tmp_path, score="knn", yes=True)
    (tmp_path / PATHS[0]).write_bytes(b"no history")
    files, told = with_rankings({path: (tmp_path / path).read_bytes() for path in PATHS}, [second])
    assert files == {} and told.startswith("# history/ stays as it is")
    assert len(write_results(tmp_path, [second]).run_ids) == len(results.run_ids) + 1
    with pytest.raises(HubscoreError):
        publish_history(tmp_path, yes=True)


def test_a_disk_without_room_for_temporary_files_stops_no_run(ranking, tmp_path):
    first, second = runs(ranking, "me/pets", "me/boats")
    write_results(tmp_path, [first])
    publish_history(tmp_path, score="knn", yes=True)
    files = {path: (tmp_path / path).read_bytes() for path in PATHS}
    with small_files(10):
        written, told = with_rankings(files, [second])
    assert written == {} and told.startswith("# history/ stays as it is")


def test_a_hub_that_fails_once_is_asked_again(ranking, repo, alice, hub, monkeypatch):
    (first,) = runs(ranking, "me/pets")
    send(first, repo, alice)
    monkeypatch.setattr("hubscore.hub.retry.time.sleep", lambda seconds: None)
    hub.faults.add(path=r"/commit/", method="POST", status=503, times=1)
    try:
        assert publish_history(repo, score="knn", api=alice, yes=True).publication.outcome == "published"
    finally:
        hub.faults.clear()
    assert publish_history(repo, api=alice, yes=True).publication.outcome == "unchanged"


def test_runs_without_the_score_leave_it_alone(ranking, tmp_path):
    write_results(tmp_path, runs(ranking, "me/pets"))
    with pytest.raises(UsageError):
        publish_history(tmp_path, yes=True)  # fda was not computed
    publish_history(tmp_path, score="knn", yes=True)
    files = {path: (tmp_path / path).read_bytes() for path in PATHS}
    assert with_rankings(files, []) == ({}, "") and with_rankings({}, runs(ranking, "me/x")) == ({}, "")

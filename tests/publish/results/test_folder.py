import json

import pytest
from resultscene import made

from hubscore.errors import StorageError
from hubscore.publish.results import write_results
from hubscore.results import read_results, run_id


def test_a_folder_has_the_layout_of_a_data_set(ranking, tmp_path):
    results = write_results(
        tmp_path / "new" / "results", [ranking, made(ranking, "2030-01-01T00:00:00Z", dataset="user/other")]
    )
    assert results.run_ids == (run_id(ranking), run_id(made(ranking, "2030-01-01T00:00:00Z", dataset="user/other")))
    assert len(results.table) == 12
    assert json.loads((tmp_path / "new/results/leaderboard.json").read_text())[0]["model"]
    assert results.scores["knn"]["title"] and results.optout == frozenset() and not results.public


def test_more_rankings_come_beside(ranking, tmp_path):
    path = tmp_path / "ranking.json"
    ranking.save(str(path))
    write_results(tmp_path / "r", [path])
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "r").rglob("*.*")}
    write_results(tmp_path / "r", [path])
    assert {file: file.stat().st_mtime_ns for file in (tmp_path / "r").rglob("*.*")} == before
    write_results(tmp_path / "r", [made(ranking, "2030-01-01T00:00:00Z")])
    results = read_results(tmp_path / "r")
    assert len(results.table) == 12 and len(results.run_ids) == 2 and len(results.together) == 6
    assert results.run(run_id(ranking)).data["rows"][0]["model"] == ranking.best.model


def test_a_missing_run_is_named(ranking, tmp_path):
    with pytest.raises(StorageError, match=r"There is no run 'x'.*it has 1 run"):
        write_results(tmp_path, [ranking]).run("x")


def test_a_file_where_the_folder_should_be(ranking, tmp_path):
    (tmp_path / "results").write_text("x")
    with pytest.raises(StorageError, match="Cannot write into"):
        write_results(tmp_path / "results", [ranking])

import json

import pytest
from resultscene import made

from hubscore.errors import StorageError
from hubscore.results.runs import as_run, read_run
from hubscore.types import Ranking


def test_the_id_is_a_stamp_and_a_hash(ranking):
    run = as_run(made(ranking, "2026-11-20T14:00:00+02:00"))
    assert run.date == "2026-11-20T12:00:00Z"
    assert run.id.startswith("2026-11-20T12-00-00Z-") and len(run.id.rpartition("-")[2]) == 8
    assert run.path == f"runs/{run.id}.json"


def test_the_same_ranking_is_the_same_run_however_it_comes(ranking, tmp_path):
    path = tmp_path / "ranking.json"
    ranking.save(str(path))
    assert as_run(ranking) == as_run(path) == as_run(str(path)) == as_run(json.loads(path.read_text()))


def test_other_numbers_or_another_time_are_another_run(ranking):
    data = json.loads(json.dumps(ranking.to_json()))
    data["rows"][0]["scores"]["knn"] += 1e-12
    assert as_run(data).id != as_run(ranking).id
    assert as_run(made(ranking, "2026-01-01T00:00:00Z")).id != as_run(ranking).id


def test_what_privacy_takes_away_does_not_change_the_id(ranking):
    hidden = made(ranking, ranking.record.date, dataset="private", classes=[], indices=[])
    assert as_run(hidden).id == as_run(ranking).id


def test_a_record_reads_back_and_is_still_a_ranking(ranking):
    run = as_run(ranking)
    assert read_run(run.to_bytes(), run.path) == run
    assert Ranking.from_json(json.loads(run.to_bytes())) == Ranking.from_json(json.loads(json.dumps(ranking.to_json())))


def test_without_a_date_it_is_no_run_as_a_file_and_as_a_ranking_alike(ranking, tmp_path):
    path = tmp_path / "ranking.json"
    made(ranking, None).save(str(path))
    for source in (path, made(ranking, None)):
        with pytest.raises(StorageError, match="does not say when it was made"):
            as_run(source)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "not JSON"),
        (b"[]", "holds no ranking"),
        (b'{"rows": []}', "no schema number"),
        (b'{"rows": [1], "schema": 1}', "it is damaged"),
        (b'{"rows": [{"scores": [1]}], "schema": 1}', "it is damaged"),
        (b'{"rows": [], "schema": 1, "probe": "x"}', "it is damaged"),
        (b'{"rows": [], "schema": 99}', "upgrade"),
        (b'{"rows": [], "schema": 0, "record": {}}', "does not say when"),
    ],
)
def test_what_is_no_record_is_refused_in_words(content, words):
    with pytest.raises(StorageError, match=words):
        read_run(content, "runs/x.json")


def test_an_older_record_still_reads():
    old = {
        "schema": 0,
        "rows": [{"rank": 1, "model": "lab/old"}],
        "run": "2025-01-01T00-00-00Z-0a0b0c0d",
        "date": "2025-01-01T00:00:00Z",
    }
    run = read_run(json.dumps(old).encode(), "runs/old.json")
    assert (run.id, run.date) == ("2025-01-01T00-00-00Z-0a0b0c0d", "2025-01-01T00:00:00Z")


def test_the_name_in_a_record_cannot_lead_elsewhere():
    evil = {"schema": 1, "rows": [], "run": "../../README", "date": "2025-01-01T00:00:00Z"}
    assert read_run(json.dumps(evil).encode(), "runs/x.json").path.startswith("runs/2025-01-01T00-00-00Z-")

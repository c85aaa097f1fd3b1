import json
from dataclasses import replace

import pytest

from hubscore.errors import StorageError, UsageError
from hubscore.results.saved_ranking import load_ranking, parse_ranking, ranking_bytes


def test_a_saved_ranking_comes_back_whole(ranking, tmp_path):
    path = tmp_path / "ranking.json"
    path.write_bytes(ranking_bytes(ranking))
    assert load_ranking(path) == ranking and ranking_bytes(load_ranking(path)) == path.read_bytes()


def test_what_a_newer_version_wrote_survives(ranking):
    data = ranking.to_json() | {"calibration": {"curve": [1, 2]}}
    data["rows"][0]["expected"] = 0.83
    data["record"]["energy_kwh"] = 0.1
    data["probe"]["language"] = "de"
    data["scores"]["knn"]["link"] = "https://example.org"
    data["record"]["options"]["layer"] = "pooled"
    assert json.loads(ranking_bytes(parse_ranking(data, "r.json"))) == json.loads(json.dumps(data))


def test_what_an_older_version_lacked_is_not_made_up(ranking):
    data = ranking.to_json()
    del (
        data["record"]["maps_skipped"],
        data["record"]["map_images"],
        data["probe"]["modality"],
        data["rows"][0]["family"],
    )
    again = parse_ranking(data, "r.json")
    assert again.to_json() == data and again.probe.modality == "image" and again.record.map_images is None
    assert replace(again.record, map_images=3).to_json()["map_images"] == 3


@pytest.mark.parametrize(
    ("data", "words"),
    [([], "not a saved ranking"), ({"schema": 99, "rows": []}, "schema 99"), ({"schema": 1, "rows": [5]}, "damaged")],
)
def test_other_json_is_refused(data, words):
    with pytest.raises(StorageError, match=words):
        parse_ranking(data, "r.json")


def test_only_json_holds_a_whole_ranking(tmp_path):
    with pytest.raises(UsageError, match=r"only \.json holds a whole ranking"):
        load_ranking(tmp_path / "r.csv")

import errno
import json

import pandas as pd
import pytest

from hubscore.errors import StorageError, UsageError
from hubscore.report import files
from hubscore.types import Ranking


def test_json_comes_back_as_it_was(ranking, tmp_path):
    ranking.save(tmp_path / "r.json")
    again = Ranking.load(tmp_path / "r.json")
    assert again.to_json() == json.loads(json.dumps(ranking.to_json())) and again.rows == ranking.rows


def test_csv_and_parquet_hold_the_flat_rows(ranking, tmp_path):
    ranking.save(tmp_path / "r.csv")
    ranking.save(tmp_path / "r.parquet")
    frame = pd.read_csv(tmp_path / "r.csv")
    assert list(frame["model"]) == [row.model for row in ranking]
    assert frame["logme"].tolist() == pytest.approx([row.scores["logme"] for row in ranking])
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "r.parquet"), ranking.to_pandas())


def test_a_cell_of_a_csv_is_no_formula(ranking, evil_ranking, tmp_path):
    from dataclasses import replace

    row = replace(ranking.best, license='=HYPERLINK("http://evil")', family="+1")
    replace(ranking, rows=(row,)).save(tmp_path / "r.csv")
    frame = pd.read_csv(tmp_path / "r.csv")
    assert frame["license"][0].startswith("'=") and frame["model"][0] == "lab/best" and frame["logme"][0] < 0


def test_markdown_and_html_are_whole_documents(ranking, tmp_path):
    ranking.save(tmp_path / "r.md")
    ranking.save(tmp_path / "r.HTML")
    assert (tmp_path / "r.md").read_text().startswith("# Ranking for user/shapes")
    assert (tmp_path / "r.HTML").read_text().startswith("<!doctype html>")


def test_another_ending_is_refused_before_the_work(ranking, tmp_path):
    for call in (files.check_path, lambda path: ranking.save(path)):
        with pytest.raises(
            UsageError, match=r"the ending must be \.json, \.csv, \.parquet, \.md or \.html\nTry: --out ranking\.json"
        ):
            call(tmp_path / "r.xlsx")


def test_a_folder_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(UsageError, match="its folder does not exist"):
        files.check_path(tmp_path / "no" / "r.json")
    assert files.check_path("r.json").name == "r.json"


def test_a_full_disk_leaves_the_old_file_and_nothing_half_written(ranking, tmp_path, monkeypatch):
    target = tmp_path / "r.json"
    target.write_text("old")

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(
        StorageError, match=r"r\.json': No space left on device\nTry: free some space, or name another place"
    ):
        ranking.save(target)
    assert target.read_text() == "old" and list(tmp_path.iterdir()) == [target]


def test_a_file_gets_the_usual_permissions(ranking, tmp_path):
    (tmp_path / "plain").touch()
    ranking.save(tmp_path / "r.json")
    assert (tmp_path / "r.json").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "it is not JSON"),
        ("[1]", "it is JSON, but not a saved ranking"),
        (
            '{"schema": 99, "rows": []}',
            r"it has schema 99, and this hubscore reads up to 1\nTry: pip install --upgrade git\+https://github.com/hubscore/hubscore",
        ),
        ('{"schema": 1, "rows": [{"rank": 1}], "skipped": []}', "the ranking in it is damaged"),
    ],
)
def test_what_cannot_be_read_is_explained(tmp_path, text, told):
    (tmp_path / "r.json").write_text(text)
    with pytest.raises(StorageError, match=told):
        Ranking.load(tmp_path / "r.json")


def test_a_missing_file_and_another_ending_are_explained(tmp_path):
    with pytest.raises(StorageError, match="there is no such file"):
        Ranking.load(tmp_path / "r.json")
    with pytest.raises(UsageError, match=r"only \.json holds a whole ranking"):
        Ranking.load(tmp_path / "r.csv")

import json

import pyarrow as pa
import pytest
from resultscene import made

from hubscore.errors import StorageError
from hubscore.publish.results.changes import changes, to_parquet
from hubscore.results.contents import CARD, OPTOUT, PARQUET, ROWS, SCORES, Contents, read_optout, read_table
from hubscore.results.leaderboard import build_leaderboard, records
from hubscore.results.runs import as_run
from hubscore.run.own_nouns import in_own_nouns


def after(*rankings, files=None):
    """What is there once the rankings were published one by one."""
    there = dict(files or {})
    for ranking in rankings:
        there |= changes(Contents(there, there), [as_run(ranking)], repo="alice/results").files
    return there


def test_a_new_data_set_has_every_file(ranking):
    there = after(ranking)
    assert set(there) == {as_run(ranking).path, PARQUET, ROWS, SCORES, OPTOUT, CARD}
    assert json.loads(there[ROWS]) == records(read_table(there[PARQUET]))
    assert json.loads(there[SCORES])["logme"]["plain_words"]["measures"]
    assert "averaged" not in json.loads(there[SCORES])["logme"]
    assert read_optout(there[OPTOUT]) == frozenset()


def test_publishing_again_writes_nothing(ranking):
    there = after(ranking)
    again = changes(Contents(there, there), [as_run(ranking)], repo="alice/results")
    assert again.files == {} and again.text == ""


def test_another_run_leaves_the_first_and_its_opt_outs(ranking):
    there = after(ranking) | {OPTOUT: b"# no thanks\nLab/Best  # asked by mail\ngrumpy\n"}
    there = after(made(ranking, "2030-01-01T00:00:00Z", dataset="user/second"), files=there)
    assert len(read_table(there[PARQUET])) == 12
    assert len([name for name in there if name.startswith("runs/")]) == 2
    assert read_optout(there[OPTOUT]) == {"lab/best", "grumpy"}


def test_what_scores_measure_is_told_of_images_where_both_were_ranked(ranking):
    texts = in_own_nouns(made(ranking, "2030-01-01T00:00:00Z", dataset="user/second", modality="text"))
    first, alone = after(ranking)[SCORES], after(texts)[SCORES]
    assert "for each image" in json.loads(first)["leep"]["plain_words"]["measures"]
    assert "for each text" in json.loads(alone)["leep"]["plain_words"]["measures"]
    assert after(ranking, texts)[SCORES] == after(texts, ranking)[SCORES] == first


def test_the_preview_counts_rows(ranking):
    there = after(ranking)
    told = changes(Contents(there, there), [as_run(made(ranking, "2030-01-01T00:00:00Z", split="test"))], repo="r").text
    assert "~ leaderboard.parquet" in told and "6 rows added, 0 dropped, 12 in all" in told
    assert "+ runs/2030-01-01T00-00-00Z-" in told


def test_what_a_newer_hubscore_wrote_is_refused(ranking):
    run = as_run(ranking)
    table = build_leaderboard([(run.id, run.date, run.data)])
    newer = table.set_column(table.column_names.index("schema"), "schema", pa.array([99] * len(table)))
    with pytest.raises(StorageError, match=r"schema 99.*\n.*upgrade"):
        after(ranking, files={PARQUET: to_parquet(newer)})


@pytest.mark.parametrize(
    ("content", "words"), [(b"junk", "Cannot read leaderboard.parquet"), (None, "no column 'dataset'")]
)
def test_a_foreign_leaderboard_is_not_overwritten(ranking, content, words):
    with pytest.raises(StorageError, match=words):
        after(ranking, files={PARQUET: to_parquet(pa.table({"x": [1]})) if content is None else content})


@pytest.mark.parametrize("content", [b"{", b"[]"])
def test_damaged_descriptions_are_named(ranking, content):
    with pytest.raises(StorageError, match=r"Cannot read scores\.json"):
        after(ranking, files={SCORES: content})


def test_a_leaderboard_that_claims_more_rows_than_any_has_is_not_read(ranking, monkeypatch):
    monkeypatch.setattr("hubscore.results.contents.MOST_ROWS", 2)
    with pytest.raises(StorageError, match="more than 2"):
        read_table(after(ranking)[PARQUET])

import json
from dataclasses import replace

import pyarrow as pa
import pytest
from resultscene import first_models, made

from hubscore.results.leaderboard import (
    KEY,
    build_leaderboard,
    empty,
    merge_leaderboards,
    records,
    tidy,
    with_publishers,
)
from hubscore.results.runs import as_run
from hubscore.types import Measured


def table(*rankings):
    runs = [as_run(ranking) for ranking in rankings]
    return build_leaderboard((run.id, run.date, run.data) for run in runs)


def lines(board):
    return {tuple(line[name] for name in KEY): line for line in records(board)}


def test_one_row_a_model_with_everything_flat(ranking):
    board = table(ranking)
    assert board["model"].to_pylist() == [row.model for row in ranking.rows]
    first, row = records(board)[0], ranking.rows[0]
    assert (
        first["model_revision"] == row.revision and first["revision"] == "d" * 40 and first["fingerprint"] == "f" * 64
    )
    assert first["score_logme"] == row.scores["logme"] and first["sd_logme"] == row.score_sd["logme"]
    assert (first["consensus_lo"], first["consensus_hi"]) == row.consensus_ci
    assert (first["rank_lo"], first["rank_hi"]) == row.rank_ci
    assert first["baseline_size"] == row.baselines["size"] and first["tau_size"] == ranking.agreement.consensus["size"]
    assert first["candidates"] == 6 and first["samples"] == 120 and first["classes"] == 4 and first["schema"] == 1
    assert first["hubscore_version"] and first["run"] == as_run(ranking).id


def test_a_line_says_what_was_measured_and_on_how_many_rows_and_what_ordered_it(ranking):
    told = Measured(accuracy=0.8, images=120, epochs=2, seconds=3.0, train_images=300)
    rows = (replace(ranking.rows[0], measured=told, declares_this_data=True), *ranking.rows[1:])
    made = replace(ranking, rows=rows, record=replace(ranking.record, ordered_by="expected accuracy"))
    first, second, *_ = records(table(made))
    assert (first["measured_accuracy"], first["measured_images"], first["declares_this_data"]) == (0.8, 120, 1)
    assert (second["measured_accuracy"], second["measured_images"], second["declares_this_data"]) == (None, None, 0)
    assert first["ordered_by"] == "expected accuracy"


def test_no_run_is_a_leaderboard_without_lines():
    assert build_leaderboard([]).equals(empty()) and merge_leaderboards(empty(), empty()).equals(empty())


def test_undefined_scores_are_missing_and_say_why(ranking):
    poor = next(line for line in records(table(ranking)) if line["model"] == "lab/poor")
    assert poor["score_leep"] is None
    assert "no source head" in json.loads(poor["undefined"])["leep"]


def test_a_later_run_on_the_same_rows_takes_nothing_away(ranking):
    early, late = made(ranking, "2026-01-01T00:00:00+00:00"), first_models(ranking, 2, "2026-02-01T00:00:00+00:00")
    for first, second in ((table(early), table(late)), (table(late), table(early))):
        merged = merge_leaderboards(first, second)
        assert len(merged) == 8 and merged.equals(table(early, late))
        assert [line["rank"] for line in records(merged)] == [row.rank for row in (*early.rows, *late.rows)]


def test_who_published_a_run_stands_in_its_lines(ranking):
    run = as_run(ranking)
    mine = build_leaderboard([(run.id, run.date, run.data)], {run.id: "alice", "another": "bob"})
    assert set(mine["publisher"].to_pylist()) == {"alice"}
    unknown = table(ranking)
    assert set(unknown["publisher"].to_pylist()) == {None}
    assert with_publishers(unknown, {run.id: "alice"}).equals(mine)
    assert with_publishers(mine, {run.id: "bob"}).equals(mine) and with_publishers(empty(), {}).equals(empty())


def test_merging_twice_changes_nothing(ranking):
    board = table(ranking)
    once = merge_leaderboards(empty(), board)
    assert once.equals(board)
    assert merge_leaderboards(once, board).equals(once)


def test_a_run_published_again_leaves_nothing_of_its_first_version(ranking):
    hidden = made(ranking, ranking.record.date, dataset="a private data set")
    assert as_run(hidden).id == as_run(ranking).id
    assert {line["dataset"] for line in records(merge_leaderboards(table(hidden), table(ranking)))} == {"user/shapes"}


def test_columns_that_an_older_version_did_not_write_are_missing(ranking):
    old = table(made(ranking, "2026-01-01T00:00:00+00:00", fingerprint="e" * 64)).drop_columns(
        ["tie_group", "undefined", "tau_size"]
    )
    old = old.set_column(old.column_names.index("score_knn"), "score_knn", pa.nulls(len(old)))
    merged = merge_leaderboards(old, table(ranking))
    kept = [line for line in records(merged) if line["fingerprint"] == "e" * 64]
    assert len(kept) == 6 and {line["tie_group"] for line in kept} == {None}
    assert merged.schema.field("score_knn").type == pa.float64()


def test_columns_of_somebody_else_stay(ranking):
    board = table(ranking)
    old = board.append_column("remark", pa.array(["mine"] * len(board)))
    later = made(ranking, "2030-01-01T00:00:00+00:00", fingerprint="e" * 64)
    assert sorted({str(line["remark"]) for line in records(merge_leaderboards(old, table(later)))}) == ["None", "mine"]


def test_an_older_schema_without_intervals_and_agreement_reads(ranking):
    data = {
        "schema": 0,
        "rows": [{"rank": 1, "model": "lab/old", "scores": {"logme": 0.5}}],
        "record": {"date": "2025-01-01"},
    }
    run = as_run(data)
    (line,) = records(build_leaderboard([(run.id, run.date, run.data)]))
    assert (
        line["model"] == "lab/old"
        and line["score_logme"] == 0.5
        and line["dataset"] is None
        and line["consensus_lo"] is None
    )
    assert len(merge_leaderboards(table(ranking), build_leaderboard([(run.id, run.date, run.data)]))) == 7


def test_rows_lie_by_data_set_and_rank(ranking):
    second = made(ranking, "2026-01-01T00:00:00+00:00", dataset="aaa/first")
    board = table(ranking, second)
    assert board["dataset"].to_pylist() == ["aaa/first"] * 6 + ["user/shapes"] * 6
    assert board["rank"].to_pylist()[:6] == sorted(board["rank"].to_pylist()[:6])
    assert tidy(board.take(list(reversed(range(12))))).equals(board)


@pytest.mark.parametrize("name", KEY)
def test_every_part_of_the_key_keeps_lines_apart(ranking, name):
    board = table(ranking).slice(0, 1)
    other = board.set_column(board.column_names.index(name), name, pa.array(["another"]))
    if name != "run":
        other = other.set_column(other.column_names.index("run"), "run", pa.array(["2026-01-01T00-00-00Z-00000000"]))
    assert len(merge_leaderboards(board, other)) == 2


def test_what_is_the_label_is_said_where_the_run_tells(ranking):
    line = records(table(ranking))[0]
    assert line["label"] is None
    told = {"label_column": "species", "label_source": "a column of 4 strings, as asked for"}
    line = records(
        build_leaderboard([("r", "2026-01-01", {**ranking.to_json(), "probe": ranking.probe.to_json() | told})])
    )[0]
    assert line["label"] == "species (a column of 4 strings, as asked for)"

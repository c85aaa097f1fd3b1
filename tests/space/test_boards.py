from dataclasses import replace

import pytest
from boards import boards_of, choices, choose, find_board
from data import Folder, Results
from spacedata import example_ranking, foreseen
from state import State

from hubscore.publish.results import write_results


@pytest.fixture(scope="module")
def snapshot(example):
    return Results(Folder(example)).snapshot()


@pytest.fixture(scope="module")
def boards(snapshot):
    return boards_of(snapshot)


def chosen(snapshot, boards, **asked):
    return choose(snapshot, boards, State(**asked))


def test_boards_stand_newest_first_and_keep_their_runs_apart(boards):
    assert [board.dataset for board in boards] == ["user/birds", "lab/minerals", "user/birds", "user/leaves"]
    assert boards[0].title != boards[2].title and "probe" in boards[0].title


def test_runs_of_the_same_rows_are_one_board_together_or_alone(tmp_path):
    old = example_ranking(models=6, seed=1, date="2026-01-01T00:00:00+00:00", fingerprint="e" * 64)
    new = example_ranking(models=4, seed=1, date="2026-02-01T00:00:00+00:00", fingerprint="e" * 64)
    write_results(tmp_path, [old, new])
    snapshot = Results(Folder(tmp_path)).snapshot()
    (board,) = boards_of(snapshot)
    assert len(board.runs) == 2 and board.runs[0].startswith("2026-02")
    for asked in ("", "all", "gone"):
        chosen = choose(snapshot, (board,), State(run=asked))
        assert chosen.run == "" and set(chosen.rows["run"]) == set(board.runs) and chosen.rows is not board.rows
        assert chosen.rows["model"].is_unique and set(chosen.rows["model"]) == {
            row.model for row in (*old.rows, *new.rows)
        }
    for run, ranking in zip(board.runs, (new, old), strict=True):
        alone = choose(snapshot, (board,), State(run=run))
        assert alone.run == run and list(alone.rows["model"]) == [row.model for row in ranking.rows]
        assert alone.rows["consensus"].tolist() == pytest.approx([row.consensus for row in ranking.rows])


def test_a_board_is_found_by_key_by_name_or_taken_as_the_first(boards):
    assert find_board(boards, boards[2].key) is boards[2]
    assert find_board(boards, "user/leaves").dataset == "user/leaves"
    assert find_board(boards, "user/leaves~gone1234").dataset == "user/leaves"
    assert find_board(boards, "nobody/knows") is boards[0]
    assert find_board((), "x") is None


@pytest.mark.parametrize(
    ("asked", "holds"),
    [
        ({"licenses": ("mit",)}, lambda rows: set(rows["license"]) == {"mit"}),
        ({"licenses": ("mit", "unknown")}, lambda rows: set(rows["license"]) == {"mit", ""}),
        ({"largest": "20M"}, lambda rows: rows["parameters"].max() <= 2e7),
        ({"smallest": "5M", "largest": "100M"}, lambda rows: rows["parameters"].between(5e6, 1e8).all()),
        ({"libraries": ("transformers",)}, lambda rows: set(rows["library"]) == {"transformers"}),
        ({"families": ("vit", "swin")}, lambda rows: set(rows["family"]) == {"vit", "swin"}),
        ({"search": "LAB resnet"}, lambda rows: rows["model"].str.contains("lab/resnet").all()),
    ],
)
def test_filters_leave_what_they_say(snapshot, boards, asked, holds):
    every, shown = chosen(snapshot, boards).shown, chosen(snapshot, boards, **asked).shown
    assert 0 < len(shown) < len(every) and holds(shown)


def test_a_search_is_no_pattern(snapshot, boards):
    assert not len(chosen(snapshot, boards, search=".*").shown)
    assert not len(chosen(snapshot, boards, search="(").shown)


def test_an_unknown_size_passes_no_limit_of_size(snapshot, boards):
    rows = chosen(snapshot, boards).rows
    from boards import filtered

    unknown = rows.assign(parameters=float("nan"))
    assert not len(filtered(unknown, State(largest="10B"))) and len(filtered(unknown, State())) == len(rows)


def test_tied_models_stand_in_the_order_of_their_names(snapshot, boards):
    shown = chosen(snapshot, boards).shown
    assert shown["rank"].is_monotonic_increasing
    for _, group in shown.groupby("tie_group"):
        assert list(group["model"]) == sorted(group["model"], key=str.casefold)
    assert (shown["place"].str.endswith("=") == shown.groupby("tie_group")["model"].transform("size").gt(1)).all()


def test_ties_keep_their_mark_when_their_neighbours_are_filtered_out(snapshot, boards):
    first = chosen(snapshot, boards).shown.iloc[0]
    alone = chosen(snapshot, boards, search=first["model"]).shown
    assert len(alone) == 1 and alone.iloc[0]["place"] == first["place"] == "1="


def test_scores_sort_best_first_whatever_their_direction_and_undefined_last(snapshot, boards):
    board = chosen(snapshot, boards)
    assert "pactran_gauss" in board.lower
    assert chosen(snapshot, boards, sort="logme").shown["score_logme"].is_monotonic_decreasing
    assert chosen(snapshot, boards, sort="pactran_gauss").shown["score_pactran_gauss"].is_monotonic_increasing
    for reverse in (False, True):
        leep = chosen(snapshot, boards, sort="leep", reverse=reverse).shown["score_leep"]
        assert leep.iloc[-1] != leep.iloc[-1] and leep.iloc[0] == leep.iloc[0]


def test_an_unknown_column_sorts_by_rank(snapshot, boards):
    assert (
        chosen(snapshot, boards, sort="__class__").shown["model"].tolist()
        == chosen(snapshot, boards).shown["model"].tolist()
    )


def test_by_the_consensus_models_stand_in_its_order_within_their_groups(snapshot, boards):
    shown = chosen(snapshot, boards, sort="consensus").shown
    assert shown["rank"].is_monotonic_increasing and chosen(snapshot, boards).shown["rank"].nunique() < len(shown)
    assert all(group["consensus"].is_monotonic_decreasing for _, group in shown.groupby("tie_group"))
    turned = chosen(snapshot, boards, sort="consensus", reverse=True).shown
    assert turned["rank"].is_monotonic_decreasing
    expected = chosen(snapshot, boards, sort="expected").shown
    assert expected["model"].tolist() == shown["model"].tolist(), "of runs without, the consensus is in their place"
    assert all(group["consensus"].is_monotonic_increasing for _, group in turned.groupby("tie_group"))


def test_choices_name_what_is_unknown(snapshot, boards):
    assert set(choices(chosen(snapshot, boards).rows, "license")) == {"apache-2.0", "mit", "cc-by-nc-4.0", "unknown"}


def test_shades_go_from_worst_to_best(snapshot, boards):
    board = chosen(snapshot, boards)
    best = board.rows["score_pactran_gauss"].idxmin()
    assert board.shades["pactran_gauss"].loc[best] == 1 and board.shades["pactran_gauss"].min() == 0


def test_tied_models_stand_in_the_order_of_their_expected_accuracies(tmp_path):
    made = foreseen(example_ranking())
    write_results(tmp_path, [replace(made, rows=tuple(replace(row, rank=1, tie_group=1) for row in made.rows))])
    snapshot = Results(Folder(tmp_path)).snapshot()
    found = chosen(snapshot, boards_of(snapshot))
    assert found.foreseen and found.shown["model"].tolist() == [row.model for row in made.rows]
    worst = chosen(snapshot, boards_of(snapshot), reverse=True).shown["expected"].dropna()
    assert worst.is_monotonic_increasing

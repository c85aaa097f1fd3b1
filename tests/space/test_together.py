from types import SimpleNamespace

import pytest
from boards import boards_of, choose
from controls import address_of, updates
from data import Folder, Results
from page import Pages
from spacedata import example_ranking, foreseen
from state import State, parse
from together import choices, counted, origin, united, whose, words
from views import agreement, compare, method, ranking, size

from hubscore.publish.results import write_results
from hubscore.publish.results.changes import to_parquet
from hubscore.results import read_results
from hubscore.results.leaderboard import with_publishers

PROBE = "e" * 64


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Results of two publishers over the same rows: fourteen models with expected accuracies, and three of them."""
    folder = tmp_path_factory.mktemp("together")
    large = foreseen(example_ranking(models=14, seed=1, date="2026-01-01T00:00:00+00:00", fingerprint=PROBE))
    small = example_ranking(models=3, seed=1, date="2026-02-01T00:00:00+00:00", fingerprint=PROBE)
    alone = example_ranking("user/leaves", 5, seed=2, date="2025-02-01T00:00:00+00:00")
    results = write_results(folder, [large, small, alone])
    first, second = results.run_ids[1:]
    named = with_publishers(results.table, {first: "alice", second: "bob"})
    (folder / "leaderboard.parquet").write_bytes(to_parquet(named))
    return folder


@pytest.fixture(scope="module")
def snapshot(folder):
    return Results(Folder(folder)).snapshot()


@pytest.fixture(scope="module")
def board(snapshot):
    return boards_of(snapshot)[0]


def test_a_pool_of_two_publishers(board):
    assert len(board.pool) == 17 and board.pool["model"].nunique() == 14 + len(
        set(board.rows["model"][board.rows["publisher"] == "bob"])
        - set(board.rows["model"][board.rows["publisher"] == "alice"])
    )
    assert (board.pool["candidates"] == 17).all() and board.pool["p_best"].sum() == pytest.approx(1, abs=0.01)
    assert united(board.rows, board.scores).equals(board.pool) and board.pool is board.pool


def test_the_same_lines_as_readers_of_the_data_set_get(board, folder):
    told = [line for line in read_results(folder).together.to_pylist() if line["fingerprint"] == PROBE]
    assert [(line["model"], line["publisher"]) for line in told] == list(
        zip(board.pool["model"], board.pool["publisher"], strict=True)
    )
    assert [line["consensus"] for line in told] == pytest.approx(board.pool["consensus"].tolist())
    assert [line["rank"] for line in told] == board.pool["rank"].tolist()


def test_the_control_offers_all_together_and_each_alone(board, snapshot):
    (_, every), *alone = choices(board)
    assert every == "all" and [run for _, run in alone] == list(board.runs)
    assert "(bob, 3 models)" in alone[0][0] and "(alice, 14 models)" in alone[1][0]
    assert choices(boards_of(snapshot)[1])[0][1].startswith("2025-02")


def test_what_stands_together_is_said(board, snapshot):
    told = words(choose(snapshot, (board,), State()))
    assert "2 runs over these rows stand together" in told and "Of each publisher (" in told and "17 lines" in told
    assert "without an expected accuracy stand behind" in told
    assert "One of 2 runs" in words(choose(snapshot, (board,), State(run=board.runs[0])))
    assert words(choose(snapshot, boards_of(snapshot)[1:], State())) == ""


def test_a_line_says_whose_it_is_where_several_stand_together(board, snapshot):
    union, alone = (choose(snapshot, (board,), State(run=run)) for run in ("", board.runs[0]))
    assert whose(union, {"publisher": "<bob>"}) == ' <small class="dim">by &lt;bob&gt;</small>'
    assert "somebody unknown" in whose(union, {"publisher": ""}) and whose(alone, {"publisher": "bob"}) == ""
    assert counted(union.rows).endswith(" models in 17 lines") and counted(alone.rows) == "3 models"
    row = {"date": "2026-02-01T00:00:00Z", "publisher": "bob"}
    assert origin(choose(snapshot, (board,), State()), row) == "2026-02-01, bob"
    assert origin(choose(snapshot, (board,), State(run=board.runs[0])), row) == "2026-02-01"
    assert origin(choose(snapshot, (board,), State()), row | {"publisher": ""}).endswith("unknown")


def test_every_view_shows_the_union_and_its_address_names_a_run_alone(folder, board):
    pages = Pages(Results(Folder(folder)))
    models = tuple(board.pool["model"].unique()[:2])
    for view in (ranking, size, compare, agreement, method):
        page = pages.open(State(models=models))
        told = view.render(page)
        assert page.gone == "" and (view is method or "2 runs over these rows stand together" in told)
    page = pages.open(State(run=board.runs[1]))
    assert address_of(page).run == board.runs[1] and parse(f"hs_run={board.runs[1]}").run == board.runs[1]
    page = pages.open(State(run="all"))
    assert page.gone == "" and address_of(page).run == "" and page.record == {}
    assert updates(page)[1].value == "all" and "these are all runs" in pages.open(State(run="gone")).gone
    assert SimpleNamespace(**vars(page)).chosen.run == ""

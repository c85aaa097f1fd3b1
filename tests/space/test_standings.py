import numpy as np
import pandas as pd
import pytest
from boards import Board, boards_of
from data import Folder, Results
from spacedata import write_example
from standings import standings


def board(key, dataset, *runs):
    rows = pd.DataFrame([row for run in runs for row in run])
    return Board(key, dataset, dataset, rows, tuple(rows["run"].unique()), {"score": {"family": "evidence"}})


def run(name, date="2026-01-01", **values):
    return [
        {"run": name, "model": model, "consensus": value, "expected": np.nan, "date": date, "rank": place}
        | {"score_score": value}
        | dict.fromkeys(("model_revision", "library", "family", "license"), "")
        | {"parameters": 1e6, "bytes": 4e6}
        for place, (model, value) in enumerate(values.items(), 1)
    ]


@pytest.fixture
def boards():
    return [
        board("b~1", "birds", run("r1", a=0.9, b=0.5, c=0.1)),
        board("c~1", "cars", run("r2", c=0.9, b=0.5, a=0.1), run("r3", "2026-02-01", c=1.0, d=0.0)),
    ]


def test_the_chosen_data_sets_decide(boards):
    by_birds, by_cars = standings(boards, ["b~1"]), standings(boards, ["c~1"])
    assert list(by_birds.rows["model"]) == ["a", "b", "c"] and by_birds.datasets == ("birds",)
    assert by_cars.rows["model"].iloc[0] == "c" and set(by_cars.rows["model"]) == {"a", "b", "c", "d"}
    assert by_birds.rows["standing"].tolist() == pytest.approx([1.5**0.5, 0, -(1.5**0.5)])


def test_a_data_set_counts_once_whatever_its_runs_and_all_count_where_none_is_chosen(boards):
    made = standings(boards, ["gone~1"])
    rows = made.rows.set_index("model")
    assert made.datasets == ("birds", "cars") and rows["datasets"].to_dict() == {"a": 2, "b": 2, "c": 2, "d": 1}
    on_cars = 1.5 / 1.25**0.5  # the first of four
    assert rows.loc["c", "standing"] == pytest.approx((-(1.5**0.5) + on_cars) / 2)
    assert rows.loc["c", "place:cars"] == "1 of 4" and rows.isna().loc["d", "place:birds"]


def test_runs_of_one_model_or_of_equals_say_nothing_and_nothing_is_empty():
    alone = [board("b~1", "birds", run("r1", a=0.9)), board("c~1", "cars", run("r2", a=0.5, b=0.5))]
    assert standings(alone, []).rows.empty and standings([], []).rows.empty


def test_expected_accuracies_go_before_the_consensus(boards):
    told = boards[0].rows.assign(expected=[0.1, 0.2, 0.3])
    assert list(standings([board("b~1", "birds", told.to_dict("records"))], []).rows["model"]) == ["c", "b", "a"]


def test_real_results(tmp_path):
    snapshot = Results(Folder(write_example(tmp_path))).snapshot()
    made = standings(boards_of(snapshot), [])
    assert set(made.datasets) == {"user/birds", "user/leaves", "lab/minerals"} and len(made.rows) > 20
    assert made.rows["standing"].is_monotonic_decreasing and made.rows["standing"].abs().max() <= 3

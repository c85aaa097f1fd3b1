import re

import numpy as np
import pytest
import spaceserver  # noqa: F401 - makes the Space's modules importable
from boards import boards_of
from data import Folder, Results
from page import Pages
from percentiles import intervals, summary
from spacedata import example_ranking, foreseen
from state import State
from views import summary as view

from hubscore.publish.results import write_results


def made(folder, rankings):
    write_results(folder, rankings)
    return summary(boards_of(Results(Folder(folder)).snapshot()))


def test_a_percentile_is_the_share_of_the_others_that_are_beaten(tmp_path):
    ranking = foreseen(example_ranking("user/birds", 6))
    told = made(tmp_path, [ranking])
    assert told.rows["model"].tolist() == [row.model for row in ranking.rows[:5]]  # the last has no expected accuracy
    np.testing.assert_allclose(told.rows["mean"], [1.0, 0.75, 0.5, 0.25, 0.0])
    assert told.places[0, 0] == "1 of 6" and np.isnan(np.concatenate(intervals(told.cells))).all()


def test_the_mean_is_over_data_sets_whatever_the_number_of_runs(tmp_path):
    runs = [
        foreseen(
            example_ranking("user/birds", 8, seed=0, date=f"2026-11-0{day}T00:00:00+00:00", fingerprint=str(day) * 64)
        )
        for day in (1, 2)
    ]
    told = made(tmp_path, [*runs, foreseen(example_ranking("user/leaves", 8, seed=2))])
    cells = dict(zip(told.rows["model"], told.cells, strict=True))
    for model, mean in zip(told.rows["model"], told.rows["mean"], strict=True):
        assert mean == pytest.approx(np.nanmean(cells[model]))
    assert set(told.datasets) == {"user/birds", "user/leaves"} and told.rows["on"].max() == 2


def test_models_on_few_data_sets_stand_last_and_small_runs_do_not_count(tmp_path):
    rankings = [example_ranking(f"user/d{i}", 6, seed=i) for i in range(3)]
    wide = example_ranking("user/wide", 12, seed=9)
    told = made(tmp_path, [*rankings, wide, example_ranking("user/tiny", 4, seed=7)])
    assert told.small == 1 and "user/tiny" not in told.datasets
    rows = told.rows
    assert rows["on"].nunique() > 1 and not rows["enough"].all()
    assert rows["enough"].tolist() == sorted((rows["on"] >= 2).tolist(), reverse=True)
    for part in (rows[rows["enough"]], rows[~rows["enough"]]):
        assert part["mean"].is_monotonic_decreasing


def test_intervals_hold_the_mean_repeat_and_need_three_data_sets():
    cells = np.array([[0.9, 0.5, 0.7, 0.8], [np.nan, 0.1, 0.2, 0.9], [0.5, np.nan, np.nan, 0.5], [0.4, 0.4, 0.4, 0.4]])
    low, high = intervals(cells)
    np.testing.assert_array_equal(np.isnan(low), [False, False, True, False])
    assert (
        low[0] < 0.725 < high[0] and low[1] < 0.4 < high[1] and low[3] == pytest.approx(high[3]) == pytest.approx(0.4)
    )
    np.testing.assert_array_equal(intervals(cells)[0], low)
    every = np.random.default_rng(0).uniform(size=(1, 200))
    low, high = intervals(every)
    wanted = 1.96 * every.std() / np.sqrt(200)
    np.testing.assert_allclose([every.mean() - low[0], high[0] - every.mean()], wanted, rtol=0.12)


def test_without_results_there_is_nothing():
    told = summary([])
    assert not len(told.rows) and told.datasets == () and told.cells.shape == (0, 0)


def test_the_view_says_what_counts_and_what_a_cell_is(example):
    pages = Pages(Results(Folder(example)))
    told = view.render(pages.open(State(view="summary")))
    assert "Over 3 data sets an interval is too narrow" in told and ">, rank 1 of 24</span>" in told
    assert "Over 3 data sets: all of these results." in told and "stand last" in told
    one = view.render(pages.open(State(view="summary", domains=("plants",))))
    assert "Over 1 data set: only those of the domain plants (guessed)." in one and "12 models" in one
    mit = view.render(pages.open(State(view="summary", licenses=("mit",))))
    assert re.search(r"\d+ of \d+ models, by mean percentile", mit) and "cc-by-nc-4.0" not in mit
    none = view.render(pages.open(State(view="summary", find="zeppelin")))
    assert "No data set counts here." in none

from dataclasses import replace

import pytest
from data import Folder, Results
from page import Pages
from spacedata import example_ranking, foreseen
from state import State
from views import compare, ranking

from hubscore.publish.results import write_results
from hubscore.types import Measured


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    plain = foreseen(example_ranking(models=5))
    told = Measured(accuracy=0.8, images=120, epochs=2, seconds=3.0, train_images=300)
    first, second, *others = plain.rows
    rows = (replace(first, measured=told, combined=0.82), replace(second, declares_this_data=True), *others)
    folder = tmp_path_factory.mktemp("measured")
    write_results(folder, [replace(plain, rows=rows), example_ranking("user/leaves", 4, seed=3)])
    return Pages(Results(Folder(folder))), [row.model for row in rows]


def test_the_ranking_says_what_was_measured_and_on_how_many_rows(pages):
    told = ranking.render(pages[0].open(State(data="user/birds")))
    assert "<td>82 %</td><td>80 % of 120</td>" in told and ">measured</th>" in told
    assert "1 model was fine-tuned briefly and measured on 120 rows; every other number is an estimate." in told
    assert "1 model declares this data" in told
    plain = ranking.render(pages[0].open(State(data="user/leaves")))
    assert ">measured</th>" not in plain and "fine-tuned briefly" not in plain and "declares this data" not in plain


def test_a_comparison_says_on_how_many_rows_everything_rests(pages):
    told = compare.render(pages[0].open(State(view="compare", data="user/birds", models=tuple(pages[1][:2]))))
    assert "measured accuracy, on how many rows" in told and "80 % of 120" in told
    assert "rows looked at" in told and "<td>500</td>" in told

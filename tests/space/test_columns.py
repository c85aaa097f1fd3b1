import re

import pytest
import spaceserver  # noqa: F401 - makes the Space's modules importable
from columns import BEST, lacking, offered, usual
from data import Folder, Results
from page import Pages
from state import State, parse, query
from views import ranking

from hubscore.scores.info import SCORES

FACTS = ["parameters", "license", "library", "family", "layers"]
BASELINES = ["size", "downloads", "capacity", "random"]


@pytest.fixture(scope="module")
def pages(example):
    return Pages(Results(Folder(example)))


def shown(pages, **asked):
    """The columns of the table, by what they are sorted with."""
    return re.findall(r'data-sort="([^"]+)"', ranking.render(pages.open(State(**asked))))


def test_six_scores_are_shown_first_and_baselines_stand_next_to_the_consensus(pages):
    page = pages.open(State())
    six = ["logistic", "leep", "knn", "logme", "nce", "nleep"]
    assert list(usual(page)) == six and len(page.chosen.scores) == 13
    assert shown(pages) == ["rank", "model", "consensus", *BASELINES, *FACTS, *six, "date"]


@pytest.mark.parametrize(
    ("columns", "rest"),
    [
        (("none",), []),
        (("baselines",), BASELINES),
        (("facts",), [*FACTS, "date"]),
        (("license", "sfda", "size", "gbc"), ["size", "license", "sfda", "gbc"]),
        (("date",), ["date"]),
        (("usual", "sfda"), ["logistic", "leep", "knn", "logme", "nce", "nleep", "sfda"]),
        (("gone",), []),
    ],
)
def test_what_is_chosen_is_what_is_shown(pages, columns, rest):
    assert shown(pages, columns=columns) == ["rank", "model", "consensus", *rest]
    assert parse(query(State(columns=columns))).columns == columns


def test_every_score_can_be_shown_at_once(pages):
    page = pages.open(State(columns=("all",)))
    assert [name for name in shown(pages, columns=("all",)) if name in page.chosen.scores] == list(page.chosen.scores)


@pytest.mark.parametrize("sort", ["sfda", "random", "family", "date"])
def test_what_the_table_is_sorted_by_is_always_shown(pages, sort):
    assert shown(pages, columns=("none",), sort=sort)[3:] == [sort]


def test_a_column_that_this_run_lacks_is_said_and_stays_a_choice(pages):
    page = pages.open(State(columns=("knn", "gone")))
    assert lacking(page) == ("gone",) and ("gone", "gone") in offered(page)
    assert "Not in this run: the column gone." in ranking.render(page)
    values = [value for _, value in offered(page)]
    assert len(values) == len(set(values)) and "Not in this run" not in ranking.render(pages.open(State()))


def test_the_scores_that_come_first_exist():
    assert set(BEST) <= {info.name for info in SCORES}

from dataclasses import replace

import pytest

from hubscore.column_table import COLUMNS, columns_in
from hubscore.report.cells import consensus_with_interval, plain_cell


def column(name):
    return next(one for one in COLUMNS if one.name == name and one.source == "row")


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("parameters", 25_557_032, "25.6M"),
        ("bytes", 102_400_000, "102MB"),
        ("mean_rank", 3.25, "3.2"),
        ("seconds", 2.5, "2.5"),
        ("license", "apache\x1b[2J-2.0", "apache[2J-2.0"),
        ("consensus_ci", (0.614, 0.8), "0.61 to 0.80"),
        ("rank_ci", (1, 3), "1 to 3"),
        ("consensus", 0.8, "0.800"),
    ],
)
def test_every_kind_of_value_has_its_own_form(ranking, name, value, shown):
    row = replace(ranking.best, **{name: value})
    assert plain_cell(column(name), row, ranking) == shown


def test_what_is_not_known_is_a_dash(ranking):
    unknown = replace(ranking.best, parameters=None, license="", consensus=None, consensus_ci=None, mean_rank=None)
    names = ("parameters", "license", "consensus", "consensus_ci", "mean_rank")
    assert {plain_cell(column(name), unknown, ranking) for name in names} == {"-"}
    assert consensus_with_interval(unknown) == "-"


def test_a_terminal_has_the_consensus_with_its_interval(ranking):
    row = replace(ranking.best, consensus=0.9, consensus_ci=(0.8, 0.95))
    assert consensus_with_interval(row) == "0.90 [0.80, 0.95]"
    assert consensus_with_interval(replace(row, consensus_ci=None)) == "0.90"


def test_every_column_that_people_read_can_be_written(ranking):
    for place in ("terminal", "html", "markdown"):
        assert all(plain_cell(one, row, ranking) for one in columns_in(place) for row in ranking)

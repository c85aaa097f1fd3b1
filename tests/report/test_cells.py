from dataclasses import replace

import pytest

from hubscore.column_table import COLUMNS, columns_in
from hubscore.report.cells import (
    accuracy_with_interval,
    consensus_with_interval,
    estimate_with_interval,
    plain_cell,
    shown_columns,
)
from hubscore.types import Measured, Ranking, Row


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


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("expected", 0.834, "83 %"),
        ("expected_ci", (0.75, 0.899), "75 to 90 %"),
        ("p_best", 0.314, "31 %"),
        ("p_best", 0.002, "<1 %"),
        ("p_best", None, "-"),
    ],
)
def test_estimated_accuracies_are_written_in_per_cent(ranking, name, value, shown):
    assert plain_cell(column(name), replace(ranking.best, **{name: value}), ranking) == shown


def test_a_terminal_has_the_expected_accuracy_with_its_interval(ranking):
    row = replace(ranking.best, expected=0.834, expected_ci=(0.75, 0.899))
    assert estimate_with_interval(column("expected"), row) == "83 % [75, 90]"
    assert accuracy_with_interval(replace(row, expected_ci=None)) == "83 %"
    assert accuracy_with_interval(replace(row, expected=None)) == "-"
    assert estimate_with_interval(column("consensus"), replace(row, consensus=0.5, consensus_ci=None)) == "0.50"


def test_estimates_that_no_row_has_are_left_out(ranking):
    names = [one.name for one in shown_columns("html", ranking)]
    assert "expected" not in names and "p_best" not in names and "consensus_ci" in names
    bare = replace(ranking, rows=tuple(replace(row, consensus_ci=None, expected=0.5) for row in ranking))
    found = [one.name for one in shown_columns("html", bare)]
    assert "consensus_ci" not in found and found[:3] == ["rank", "model", "expected"]


def test_what_was_measured_is_written_with_the_number_of_images():
    found = Measured(accuracy=0.812, images=100, epochs=2, seconds=9.0, train_images=300)
    row = Row(1, "org/net", "", "timm", expected=0.7, measured=found, combined=0.75, history=0.4, reported=0.66)
    ranking = Ranking(rows=(row, Row(2, "org/other", "", "timm", expected=0.6)), skipped=())
    shown = {column.title: plain_cell(column, row, ranking) for column in shown_columns("html", ranking)}
    assert (shown["measured"], shown["combined"], shown["reported"]) == ("81 % of 100", "75 %", "66 %")
    plain = Ranking(rows=ranking.rows[1:], skipped=())
    assert not {"measured", "combined", "history", "reported"} & {one.title for one in shown_columns("html", plain)}

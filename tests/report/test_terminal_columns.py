from dataclasses import replace

import pytest

from hubscore.errors import UsageError
from hubscore.report.terminal_columns import TableView, absent_columns, check_columns, needed_width, terminal_columns

LONG = "timm/convnext_tiny.in12k_ft_in1k_384_and_more_"
ALL = TableView()


def headers(ranking, width, view=ALL):
    return [column.header for column in terminal_columns(ranking, width, view)]


@pytest.fixture
def long(ranking):
    """Names of 47 characters and expected accuracies, as rankings of the Hub have them."""
    rows = [
        replace(row, model=f"{LONG}{place}", expected=0.8 - place / 100, expected_ci=(0.61, 0.91))
        for place, row in enumerate(ranking.rows)
    ]
    return replace(ranking, rows=tuple(rows))


@pytest.mark.parametrize("width", [10, 60, 80, 100, 160])
def test_rank_and_model_are_never_dropped(long, width):
    assert headers(long, width)[:2] == ["RANK", "MODEL"]
    assert width < 60 or needed_width(terminal_columns(long, width, ALL)) <= width


def test_names_of_the_hub_and_their_expected_accuracy_fit_on_eighty_columns(long):
    shown = {column.name: column for column in terminal_columns(long, 80, ALL)}
    assert shown["model"].cells[0].startswith(f"{LONG}0") and shown["expected"].cells[0] == "80 % [61, 91]"


def test_the_interval_gives_way_before_the_estimate(long):
    full = needed_width([c for c in terminal_columns(long, 80, ALL) if c.name in ("rank", "model", "expected")])
    (narrow,) = (c for c in terminal_columns(long, full - 3, ALL) if c.name == "expected")
    assert narrow.cells[0] == "80 %"


def test_what_gives_way_first(ranking):
    dropped = []
    before = set(headers(ranking, 400))
    for width in range(400, 20, -1):
        now = set(headers(ranking, width))
        dropped += [name for name in before - now if name not in dropped]
        before = now
    assert dropped.index("MEAN_RANK") < dropped.index("LICENCE") < dropped.index("PARAMS") < dropped.index("leep")
    assert dropped[-1] == "CONSENSUS"


def test_a_wide_table_has_every_column(ranking):
    every = headers(ranking, 40, TableView(wide=True))
    assert {"PARAMS", "LICENCE", "MEAN_RANK", "downloads", "parc@32"} <= set(every)
    assert every == headers(ranking, 1000)


def test_columns_are_chosen_by_title_or_name_in_their_order(long):
    view = TableView(columns=("logme", "PARAMS", "Expected", "logme", "licence", "bar"))
    assert headers(long, 40, view) == ["RANK", "MODEL", "logme", "PARAMS", "EXPECTED", "LICENCE", headers(long, 400)[3]]
    assert headers(long, 40, TableView(columns=("model", "leep"))) == ["RANK", "MODEL", "leep"]


def test_a_column_that_no_ranking_has_is_refused_and_one_that_this_has_not_is_named(ranking):
    with pytest.raises(UsageError, match="There is no column 'logmee'") as told:
        check_columns(["logmee"], ["logme"])
    assert "--columns logme" in str(told.value)
    check_columns(["logme", "parc@32", "EXPECTED", "p(best)", "measured", "mean_rank", "bar"], ["logme", "parc"])
    assert absent_columns(ranking, ["logme", "measured"]) == ["measured"]
    assert headers(ranking, 80, TableView(columns=("measured",))) == ["RANK", "MODEL"]

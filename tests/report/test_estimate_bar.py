import pytest

from hubscore.report.estimate_bar import estimate_bars
from hubscore.types import Row


def row(expected, interval=None):
    return Row(1, "org/net", "", "timm", expected=expected, expected_ci=interval)


def test_bars_share_one_scale_and_never_leave_it():
    rows = [row(0.9, (0.7, 1.0)), row(0.5, (0.5, 0.6)), row(None), row(0.75)]
    scale, bars = estimate_bars(rows, cells=11)
    assert scale == "50..100 %" and bars == ["    ----o--", "o--", "", "     o"]
    assert max(map(len, bars)) == 11


@pytest.mark.parametrize("rows", [[], [row(None)]])
def test_without_expected_accuracies_there_is_nothing_to_draw(rows):
    assert estimate_bars(rows) == ("", [""] * len(rows))


def test_equal_estimates_and_zero_are_drawn():
    assert estimate_bars([row(0.0), row(0.0)], cells=5) == ("0..0 %", ["o", "o"])

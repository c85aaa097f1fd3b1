from dataclasses import replace

import pytest
from matplotlib.figure import Figure

from hubscore.errors import UsageError
from hubscore.report.ranking_plot import FIRST, OTHER, draw_ranking


@pytest.fixture
def expected(ranking):
    rows = [
        replace(row, expected=0.9 - place / 10, expected_ci=(0.85 - place / 10, 0.95 - place / 10), shortlist=place < 2)
        for place, row in enumerate(ranking.rows)
    ]
    return replace(ranking, rows=tuple(replace(row, tie_group=place) for place, row in enumerate(rows)))


def axes():
    return Figure().subplots()


def test_the_best_stands_at_the_top_with_its_interval(expected):
    ax = draw_ranking(expected, ax=axes())
    assert [label.get_text() for label in ax.get_yticklabels()] == [row.model for row in expected]
    low, high = ax.get_ylim()
    assert low > high and list(ax.lines[0].get_xdata()) == pytest.approx([0.85, 0.95])
    assert [line.get_color() for line in ax.lines] == [FIRST] * 2 + [OTHER] * 4
    assert ax.get_xlabel() == "expected accuracy (an estimate)"


def test_against_size_only_models_of_known_size_are_drawn(expected):
    rows = (replace(expected.rows[0], parameters=None), *expected.rows[1:])
    ax = expected.plot("size", ax=axes())
    assert ax.get_xscale() == "log" and len(ax.collections[0].get_offsets()) == 6
    assert len(replace(expected, rows=rows).plot("size", ax=axes()).collections[0].get_offsets()) == 5
    assert {text.get_text() for text in ax.texts} == {"best", expected[1].model.rpartition("/")[2]}


def test_without_expected_accuracies_the_consensus_is_drawn(ranking):
    ax = ranking.plot(ax=axes())
    assert ax.get_xlabel().startswith("consensus") and len(ax.lines) == len(ranking)


def test_new_axes_are_made_without_a_display(expected):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    ax = expected.plot()
    assert ax.figure.get_size_inches()[0] == 7
    plt.close(ax.figure)


def test_what_cannot_be_drawn_is_said(ranking):
    with pytest.raises(UsageError, match=r"There is no plot 'pie'.*estimate and size"):
        ranking.plot("pie")
    blank = replace(ranking, rows=tuple(replace(row, consensus=None) for row in ranking.rows))
    with pytest.raises(UsageError, match=r"no model has an estimate\nTry: ranking.to_pandas"):
        blank.plot()
    with pytest.raises(UsageError, match="and a known size"):
        replace(ranking, rows=tuple(replace(row, parameters=None) for row in ranking.rows)).plot("size")

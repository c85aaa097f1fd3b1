import numpy as np

from hubscore.ranking.columns import Table, choose
from hubscore.ranking.gaps import UNKNOWN, defined_on, reasons, warnings
from hubscore.ranking.order import Resampled, order_models
from hubscore.ranking.views import Views
from hubscore.scores.workspace import Workspace

NAN = np.nan


def drawn(*gaps, count=4, plan=(4, 2), models=3):
    """Random draws of two columns; a gap is (draw, column, model)."""
    values = np.random.default_rng(0).normal(size=(count, len(plan), models))
    for gap in gaps:
        values[gap] = NAN
    return Resampled(values, list(plan), 80, 100)


def test_draws_are_counted_among_those_that_were_planned():
    full = np.array([[1.0, 2.0, NAN], [1.0, 2.0, 3.0]])
    counts = defined_on(full, drawn((0, 0, 1), (3, 0, 1), (0, 0, 2), (1, 1, 0), (3, 1, 2)))
    assert counts.tolist() == [[4, 2, 4], [1, 2, 2]]  # nothing is lost where there was nothing


def test_every_column_that_lost_an_interval_is_told_once(table):
    made = table(("knn", "neighbour", [1, 2, 3]), ("energy", "label-free", [3, 2, 1]))
    resampled = drawn((0, 0, 1), (1, 0, 1), (2, 0, 0), (1, 1, 0))
    first, second = warnings(order_models(made, resampled), resampled)
    assert first == (
        "knn has no interval for 2 of 3 checkpoints, and the consensus takes it as certain: it is undefined on 1 to 2 of 4 subsamples "
        f"({UNKNOWN})"
    )
    assert second.startswith("energy has no interval for 1 of 3 checkpoints: it is undefined on 1 of 2 subsamples")


def test_nothing_is_told_where_nothing_is_lost(table):
    made = table(("knn", "neighbour", [1, 2, 3]), ("nleep", "probability", [3, 2, 1]))
    complete = drawn(plan=(4, 0))
    assert warnings(order_models(made, complete), complete) == [] == warnings(order_models(made), None)


def opened(labels):
    rng = np.random.default_rng(1)
    return {name: Views(Workspace(features=rng.normal(size=(len(labels), 3)), labels=labels)) for name in ("a", "b")}


def test_the_reason_is_that_of_the_score_itself():
    columns = choose("logistic")
    draws = Resampled(np.array([[[0.5, 0.5]], [[0.5, NAN]]]), [2], 9, 10)
    rows = [np.arange(10), np.arange(9)]  # the second leaves one sample of the last class
    told = reasons(Table(("a", "b"), columns, np.full((1, 2), 0.5)), draws, opened(np.array([0] * 8 + [1, 1])), rows, {})
    assert "1 class has one sample" in told["logistic"]


def test_a_score_over_the_set_gives_its_reason_too():
    columns = choose("ncti,knn")
    values = np.full((1, 2, 2), 0.5)
    values[0, 0] = NAN
    draws, rows = Resampled(values, [1, 1], 5, 10), [np.array([0, 2, 4, 6, 8])]  # one class only
    told = reasons(Table(("a", "b"), columns, np.full((2, 2), 0.5)), draws, opened(np.tile([0, 1], 5)), rows, {})
    assert set(told) == {"ncti"} and "all samples have the same label" in told["ncti"]

from dataclasses import replace

import numpy as np

from hubscore.ranking.columns import Table, choose
from hubscore.ranking.missing import UNKNOWN, defined_on, reasons, warnings
from hubscore.ranking.order import ResampledValues, order_models

NAN = np.nan


def drawn(*gaps, count=4, plan=(4, 2), models=3):
    """Random draws of two columns; a gap is (draw, column, model)."""
    values = np.random.default_rng(0).normal(size=(count, len(plan), models))
    for gap in gaps:
        values[gap] = NAN
    return ResampledValues(values, list(plan), 80, 100)


def test_draws_are_counted_among_those_that_were_planned():
    full = np.array([[1.0, 2.0, NAN], [1.0, 2.0, 3.0]])
    counts = defined_on(full, drawn((0, 0, 1), (3, 0, 1), (0, 0, 2), (1, 1, 0), (3, 1, 2)))
    assert counts.tolist() == [[4, 2, 4], [1, 2, 2]]  # nothing is lost where there was nothing


def test_every_column_that_lost_an_interval_is_told_once(table):
    made = table(("knn", "neighbour", [1, 2, 3]), ("energy", "label-free", [3, 2, 1]))
    resampled = drawn((0, 0, 1), (1, 0, 1), (2, 0, 0), (1, 1, 0))
    first, second = warnings(order_models(made, resampled), resampled)
    assert (
        first
        == "knn has no interval for 2 of 3 checkpoints, and the consensus takes it as certain: it is undefined on 1 to"
        f" 2 of 4 subsamples, where {UNKNOWN}; use more samples"
    )
    assert second.startswith("energy has no interval for 1 of 3 checkpoints: it is undefined on 1 of 2 subsamples")


def test_the_reason_is_tied_to_the_subsamples(table):
    made = table(("knn", "neighbour", [1, 2, 3]), ("energy", "label-free", [3, 2, 1]))
    resampled = replace(drawn((0, 0, 1)), gaps={"knn": "every one of 80 samples is alone; use more samples"})
    (told,) = warnings(order_models(made, resampled), resampled)
    assert told.endswith(
        "it is undefined on 1 of 4 subsamples, where every one of 80 samples is alone; use more samples"
    )


def test_nothing_is_told_where_nothing_is_lost(table):
    made = table(("knn", "neighbour", [1, 2, 3]), ("nleep", "probability", [3, 2, 1]))
    complete = drawn(plan=(4, 0))
    assert warnings(order_models(made, complete), complete) == [] == warnings(order_models(made), None)


def test_the_reason_is_that_of_a_model_with_a_value_on_the_whole_probe():
    table = Table(
        ("a", "b", "c"), choose("knn,logistic,lfc"), np.array([[NAN, 1.0, 2.0], [1.0, 2.0, 3.0], [NAN, 1.0, 1.0]])
    )
    missing = {("knn", "a"): "never", ("knn", "c"): "second", ("knn", "b"): "first", ("lfc", "a"): "never"}
    assert reasons(table, missing) == {"knn": "first"}

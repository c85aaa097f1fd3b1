import numpy as np
import pytest

from hubscore.bench.by_target import by_target, priorities
from hubscore.bench.relations import pr_curve


def test_their_mean_is_the_curve() -> None:
    rng = np.random.default_rng(0)
    values, relevant = rng.random((6, 6)), rng.random((6, 6)) > 0.5
    relevant[:, 0] = relevant[0, 1] = True  # each target has one
    values[0, 3] = values[0, 4]  # ties share their places
    each, mean = by_target(values, relevant), pr_curve(values, relevant)
    for one, curve in zip(each, mean, strict=True):
        assert one.mean(axis=0) == pytest.approx(curve)


def test_by_hand_and_without_the_diagonal() -> None:
    precision, recall = by_target([[9, 3, 2], [5, 9, 4], [1, 2, 9]], [[1, 1, 0], [0, 0, 0], [1, 1, 0]])
    assert precision[0].tolist() == [1, 0.5] and recall[0].tolist() == [1, 1]
    assert np.isnan(precision[1]).all()  # no relevant source
    assert precision[2].tolist() == [1, 1] and recall[2].tolist() == [0.5, 1]


def test_priorities_count_from_the_best_and_nan_is_last() -> None:
    found = priorities([[np.nan, 2.0, 5.0, 2.0]], left_out=[[False, False, False, False]])
    assert found.tolist() == [[4.0, 2.5, 1.0, 2.5]]
    assert np.isnan(np.diag(priorities(np.eye(3)))).all()

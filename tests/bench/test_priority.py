"""The correlation-priority curve by hand, and the agreement of two tables on the first k."""

from __future__ import annotations

import doctest

import numpy as np
import pytest
from scipy.stats import spearmanr

from hubscore.bench import priority
from hubscore.errors import Undefined, UsageError

RNG = np.random.default_rng(0)
VALUES = RNG.normal(size=(4, 7))
RHO = np.array([[1.0, 0.9, 0.3], [0.7, 1.0, 0.1], [0.2, 0.6, 1.0]])


def test_examples() -> None:
    assert doctest.testmod(priority).failed == 0


def test_the_curve_by_hand() -> None:
    """Priorities r = [[-, 1, 2], [2, -, 1], [1, 2, -]]: at 1 are 0.9, 0.1 and 0.2, at 2 are 0.3, 0.7 and 0.6."""
    reference = [[0, 5, 4], [1, 9, 3], [8, 7, 0]]
    assert priority.priority_curve(RHO, reference) == pytest.approx([(0.9 + 0.1 + 0.2) / 3, (0.3 + 0.7 + 0.6) / 3])


def test_what_a_target_is_to_itself_does_not_count() -> None:
    reference = np.array([[0.0, 5, 4], [1, 9, 3], [8, 7, 0]])
    other = reference + np.diag([100.0, -100.0, np.nan])
    rho = RHO + np.diag([5.0, np.nan, np.inf])
    assert priority.priority_curve(rho, other).tolist() == priority.priority_curve(RHO, reference).tolist()


def test_sources_of_equal_priority_share_their_places() -> None:
    """The first target's two sources tie: each place gets the mean of 0.9 and 0.3."""
    reference = [[0, 5, 5], [1, 9, 3], [8, 7, 0]]
    assert priority.priority_curve(RHO, reference) == pytest.approx([(0.6 + 0.1 + 0.2) / 3, (0.6 + 0.7 + 0.6) / 3])


def test_an_unknown_correlation_leaves_its_place() -> None:
    rho = RHO.copy()
    rho[0, 1] = np.nan
    reference = np.array([[0.0, 5, 4], [1, 9, 3], [8, 7, 0]])
    assert priority.priority_curve(rho, reference) == pytest.approx([(0.1 + 0.2) / 2, (0.3 + 0.7 + 0.6) / 3])
    with pytest.raises(Undefined, match="no target has a source with a correlation"):
        priority.priority_curve(np.full((3, 3), np.nan), reference)
    with pytest.raises(Undefined, match="no target has a source with a correlation"):
        priority.priority_curve([[1.0]], [[1.0]])
    with pytest.raises(UsageError, match="Cannot compare tables of shape"):
        priority.priority_curve(reference, rho[:2])


def test_tables_of_models_and_targets_leave_nothing_out() -> None:
    assert priority.priority_curve([[0.5, 0.1, 0.9]], [[1, 2, 3]]).tolist() == [0.9, 0.1, 0.5]


def test_the_agreement_curve_against_plain_loops() -> None:
    reference = RNG.normal(size=(4, 7))
    curve = priority.agreement_curve(VALUES, reference)
    for k in range(2, 8):
        best = [np.argsort(-row)[:k] for row in reference]
        expected = [spearmanr(VALUES[t, some], reference[t, some]).statistic for t, some in enumerate(best)]
        assert curve[k - 2] == pytest.approx(np.mean(expected))
    assert priority.agreement_curve(reference, reference, measure="pearson") == pytest.approx(1)


def test_the_agreement_curve_needs_variety() -> None:
    with pytest.raises(Undefined, match="no target has two sources that differ"):
        priority.agreement_curve(np.zeros((2, 3)), RNG.normal(size=(2, 3)))
    with pytest.raises(UsageError, match="Unknown measure"):
        priority.agreement_curve(VALUES, VALUES, measure="kendall")

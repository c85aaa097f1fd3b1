import doctest

import numpy as np
import pytest

from hubscore.bench import noise
from hubscore.bench.noise import ceiling, difference, noise_of, real_accuracies
from hubscore.bench.runs import ErrorsOf

MODELS = "abcdefgh"
SPREAD = dict(zip(MODELS, np.linspace(0.3, 0.9, 8).tolist(), strict=True))


def test_the_examples_in_the_docs_hold() -> None:
    assert doctest.testmod(noise).failed == 0


def test_real_accuracies_have_the_variance_that_noise_left() -> None:
    measured = np.array([0.2, 0.5, 0.6, 0.9])
    real = real_accuracies(measured, np.full(4, 0.1))
    assert real is not None and real.var(ddof=1) == pytest.approx(measured.var(ddof=1) - 0.01)


def test_without_noise_a_perfect_order_is_perfect() -> None:
    most = ceiling(list(SPREAD.values()), [0.0] * 8)
    assert (most.weighted_tau, most.pearson, most.regret) == (pytest.approx(1), pytest.approx(1), 0.0)


def test_noise_lowers_the_ceiling_and_costs_points() -> None:
    low, high = (ceiling(list(SPREAD.values()), [error] * 8) for error in (0.02, 0.1))
    assert low.weighted_tau is not None and high.weighted_tau is not None
    assert 1 > low.weighted_tau > high.weighted_tau > 0
    assert low.regret is not None and high.regret is not None and 0 <= low.regret < high.regret
    assert ceiling(list(SPREAD.values()), [0.1] * 8) == high  # seeded


def test_accuracies_that_are_all_noise_have_no_ceiling() -> None:
    most = ceiling([0.50, 0.51, 0.52], [0.1] * 3)
    assert most.weighted_tau is None and most.undefined == "these accuracies differ by no more than their noise"


def test_a_large_difference_is_seen_and_a_small_one_is_not() -> None:
    right = dict(SPREAD)
    swapped = right | {"a": right["b"], "b": right["a"]}
    upside_down = {model: -value for model, value in right.items()}
    errors = dict.fromkeys(MODELS, 0.04)
    large = difference(("one", "other"), (right, upside_down), SPREAD, errors)
    assert large is not None and large.weighted_tau == pytest.approx(2) and large.seen
    small = difference(("one", "other"), (right, swapped), SPREAD, errors)
    assert small is not None and small.weighted_tau > 0 and not small.seen
    assert difference(("one", "flat"), (right, dict.fromkeys(MODELS, 1.0)), SPREAD, errors) is None


def test_everything_that_is_known_of_the_noise_is_gathered() -> None:
    runs = {model: (value - 0.01, value + 0.01) for model, value in SPREAD.items()}
    errors = ErrorsOf(dict.fromkeys(MODELS, 0.01), "the spread between runs")
    known = noise_of(SPREAD, errors, runs, [(("a", SPREAD), ("b", SPREAD))])
    assert known.runs == (2, 2) and known.rerun_tau == pytest.approx(1)
    assert [one.weighted_tau for one in known.differences] == [0]
    once = noise_of(SPREAD, errors, {"a": (0.29, 0.31)})
    assert once.runs == (1, 2) and once.rerun_tau is None

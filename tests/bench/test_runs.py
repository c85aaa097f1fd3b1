import doctest

import pytest

from hubscore.bench import runs
from hubscore.bench.runs import ErrorsOf, error_of_mean, pooled_deviation


def test_the_examples_in_the_docs_hold() -> None:
    assert doctest.testmod(runs).failed == 0


def test_the_spread_of_runs_is_pooled_over_models() -> None:
    # (0.02² + 0.02² + 3 runs: 0.03² + 0 + 0.03²) over 1 + 2 degrees of freedom
    spread = pooled_deviation({"a": [0.50, 0.54], "b": [0.7, 0.73, 0.76], "c": [0.1]})
    assert spread == pytest.approx(((2 * 0.02**2 + 2 * 0.03**2) / 3) ** 0.5)
    assert pooled_deviation({"a": [0.5]}) is None


def test_a_mean_of_runs_strays_less() -> None:
    assert error_of_mean([0.03] * 9) == pytest.approx(0.01)


def test_independent_accuracies_are_told_apart_from_further_away() -> None:
    errors = ErrorsOf({"a": 0.01, "b": 0.02, "c": 0.5}, "")
    assert errors.tied_within == pytest.approx(2 * 2**0.5 * 0.02)
    assert ErrorsOf(errors.by_model, "", shared_images=True).tied_within == pytest.approx(0.04)

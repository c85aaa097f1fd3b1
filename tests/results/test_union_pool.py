import numpy as np
import pytest

from hubscore.numerics.workspace import Floats
from hubscore.ranking.agreement import kendall as recorded
from hubscore.ranking.columns import FAMILIES as RANKED
from hubscore.ranking.consensus import MINIMUM_SHARE as SHARE
from hubscore.ranking.consensus import percentiles as ranked
from hubscore.results.names import NAMELESS
from hubscore.results.union_pool import BESIDE, FAMILIES, MINIMUM_SHARE, column, kendall, percentiles
from hubscore.results.union_pool import NAMELESS as HERE
from hubscore.scores.info import SCORES


def some(seed: int, decimals: int = 1) -> Floats:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=30).round(decimals)
    values[rng.uniform(size=30) < 0.2] = np.nan
    return values


def test_the_rule_is_that_of_rankings():
    assert FAMILIES == RANKED and MINIMUM_SHARE == SHARE and HERE.pattern == NAMELESS.pattern
    labeled = [SCORES.get(name) for name in SCORES.names() if SCORES.get(name).family in FAMILIES]
    assert {info.name for info in labeled if not info.averaged} == set(BESIDE)


@pytest.mark.parametrize("seed", range(3))
def test_percentiles_are_those_of_rankings(seed):
    np.testing.assert_allclose(percentiles(some(seed)), ranked(some(seed)))


@pytest.mark.parametrize("seed", range(3))
def test_tau_b_is_that_of_rankings(seed):
    assert kendall(some(seed), some(seed + 9)) == pytest.approx(recorded(some(seed), some(seed + 9)))


def test_there_is_no_tau_of_a_constant_of_one_value_or_of_very_many():
    ones, many = np.ones(4), np.arange(3000.0)
    for one, other in ((ones, some(1)[:4]), (ones[:1], ones[:1]), (many, many)):
        assert kendall(one, other) != kendall(one, other)


def test_a_column_that_is_not_there_is_empty():
    assert column({}, "run", 2).tolist() == ["", ""] and np.isnan(column({}, "rows", 2, np.nan)).all()

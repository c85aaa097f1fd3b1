import doctest
import itertools

import numpy as np
import pytest

from hubscore.bench import metrics as measures
from hubscore.errors import Undefined, UsageError

TRUTH = [0.9, 0.7, 0.8, 0.1]
ORDERS = (measures.pearson, measures.weighted_tau, measures.kendall)


def test_the_examples_in_the_docs_hold() -> None:
    assert doctest.testmod(measures).failed == 0


def test_kendall_counts_pairs() -> None:
    # Of six pairs only (0.7, 0.8) is in the wrong order.
    assert measures.kendall([4, 3, 2, 1], TRUTH) == pytest.approx((5 - 1) / 6)


def test_kendall_accounts_for_ties_in_the_values() -> None:
    # tau-b: 5 pairs not tied in the values, all right, over sqrt(5 * 6).
    assert measures.kendall([4, 2, 2, 1], TRUTH) == pytest.approx(5 / np.sqrt(5 * 6))


def test_pearson_by_hand() -> None:
    # Deviations (-1, 0, 1) and (-0.2, -0.1, 0.3): 0.5 / sqrt(2 * 0.14).
    assert measures.pearson([1, 2, 3], [0.1, 0.2, 0.6]) == pytest.approx(0.5 / np.sqrt(2 * 0.14))


def weighted_tau_by_hand(values: np.ndarray, truth: np.ndarray) -> float:
    """Vigna's tau for lists without ties: pairs weigh 1/(r+1) + 1/(s+1) with the ranks r, s, from 0, of their
    members.
    """

    def one(by: np.ndarray) -> float:
        rank = np.argsort(np.argsort(-by))
        pairs = list(itertools.combinations(range(len(by)), 2))
        weights = [1 / (rank[i] + 1) + 1 / (rank[j] + 1) for i, j in pairs]
        signs = [np.sign((values[i] - values[j]) * (truth[i] - truth[j])) for i, j in pairs]
        return float(np.dot(weights, signs) / np.sum(weights))

    return (one(values) + one(truth)) / 2


def test_weighted_tau_against_its_definition() -> None:
    rng = np.random.default_rng(0)
    values, truth = rng.normal(size=9), rng.normal(size=9)
    assert measures.weighted_tau(values, truth) == pytest.approx(weighted_tau_by_hand(values, truth))


def test_weighted_tau_minds_the_top_most() -> None:
    top_swapped = measures.weighted_tau([3, 4, 2, 1], [0.4, 0.3, 0.2, 0.1])
    bottom_swapped = measures.weighted_tau([4, 3, 1, 2], [0.4, 0.3, 0.2, 0.1])
    assert top_swapped < bottom_swapped < 1


def test_chance_is_the_share_of_orders_that_do_as_well() -> None:
    truth = np.array([0.1, 0.2, 0.3, 0.4])
    values = np.array([1.0, 2.0, 4.0, 3.0])
    taus = [measures.kendall(np.array(order, float), truth) for order in itertools.permutations(range(4))]
    expected = np.mean([tau >= measures.kendall(values, truth) - 1e-12 for tau in taus])
    assert measures.by_chance(values, truth) == pytest.approx(expected)


@pytest.mark.parametrize("measure", [*ORDERS, measures.by_chance])
def test_orders_without_variety_are_undefined(measure) -> None:
    with pytest.raises(Undefined, match="all values are equal"):
        measure([1, 1, 1], [0.1, 0.2, 0.3])
    with pytest.raises(Undefined, match="all accuracies are equal"):
        measure([1, 2, 3], [0.5, 0.5, 0.5])
    with pytest.raises(Undefined, match="at least 3"):
        measure([1, 2], [0.5, 0.6])


@pytest.mark.parametrize("measure", ORDERS)
def test_orders_refuse_what_is_not_finite(measure) -> None:
    with pytest.raises(UsageError, match="not finite"):
        measure([1, 2, np.nan], [0.1, 0.2, 0.3])


def test_precision_and_recall_by_hand() -> None:
    # Picked: 0.9 and 0.7; truly best three: 0.9, 0.8, 0.7.
    assert measures.precision_at(2, [4, 3, 2, 1], TRUTH, relevant=3) == 1.0
    assert measures.recall_at(2, [4, 3, 2, 1], TRUTH, relevant=3) == pytest.approx(2 / 3)
    # Truly best one is 0.9.
    assert measures.precision_at(2, [4, 3, 2, 1], TRUTH, relevant=1) == 0.5


def test_models_that_tie_for_the_last_relevant_place_all_count() -> None:
    assert measures.recall_at(1, [3, 2, 1], [0.8, 0.8, 0.1], relevant=1) == 0.5


def test_regret_by_hand() -> None:
    assert measures.regret([1, 4, 2, 3], TRUTH) == pytest.approx(0.9 - 0.7)
    assert measures.regret([1, 4, 2, 3], TRUTH, k=3) == pytest.approx(0.9 - 0.8)
    assert measures.rel_at(1, [1, 4, 2, 3], TRUTH) == pytest.approx(0.7 / 0.9)


@pytest.mark.parametrize("k", [1, 2, 3])
def test_ties_are_broken_in_every_way(k: int) -> None:
    """The expectation equals the mean over all orders of the tied models."""
    values, truth = np.array([5.0, 3.0, 3.0, 3.0, 1.0]), np.array([0.4, 0.9, 0.2, 0.6, 0.8])
    regrets, hits = [], []
    for order in itertools.permutations([1, 2, 3]):
        picked = [0, *order, 4][:k]
        regrets.append(truth.max() - truth[picked].max())
        hits.append(np.mean(np.isin(picked, [1, 4])))
    assert measures.regret(values, truth, k=k) == pytest.approx(np.mean(regrets))
    assert measures.precision_at(k, values, truth, relevant=2) == pytest.approx(np.mean(hits))


def test_picking_more_models_than_there_are_is_refused() -> None:
    with pytest.raises(UsageError, match="pick 4 of 3 models"):
        measures.regret([1, 2, 3], [0.1, 0.2, 0.3], k=4)


def test_no_accuracy_above_zero_has_no_ratio() -> None:
    with pytest.raises(Undefined, match="no accuracy is above 0"):
        measures.rel_at(1, [1, 2, 3], [0.0, 0.0, 0.0])

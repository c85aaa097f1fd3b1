import doctest

import numpy as np
import pytest

from hubscore.errors import Undefined, UsageError
from hubscore.modelmap import lambda_search as tune
from hubscore.modelmap.lambda_search import tune_lambda

RNG = np.random.default_rng(0)
NODES, EDGES = RNG.random((3, 12)), RNG.random((3, 12))


def test_the_examples_in_the_docs_hold():
    assert doctest.testmod(tune).failed == 0


@pytest.mark.parametrize("weight", [0.0, 0.1, 5.0])
def test_the_weight_behind_the_accuracies_is_found(weight):
    found = tune_lambda(NODES, EDGES, 50 + 10 * (NODES + weight * EDGES))
    assert found.lambda_ == weight and found.value == pytest.approx(1)
    assert found.tried[1.0] < 1


def test_precision_judges_relevance():
    best = np.argsort(-(NODES + 5 * EDGES), axis=1)[:, :3]
    relevant = np.zeros((3, 12))
    np.put_along_axis(relevant, best, 1.0, axis=1)
    found = tune_lambda(NODES, EDGES, relevant, relevant_at=3)
    assert found.value == 1 and found.tried[5.0] == 1
    with pytest.raises(UsageError, match="P@13"):
        tune_lambda(NODES, EDGES, relevant, relevant_at=13)


def test_unknown_accuracies_and_undefined_pairs_are_left_out():
    truth = NODES + EDGES
    truth[0, :2], nodes = np.nan, NODES.copy()
    nodes[1, 4] = np.nan
    assert tune_lambda(nodes, EDGES, truth).lambda_ == 1.0


def test_too_little_is_known():
    truth = np.full((3, 12), np.nan)
    truth[0, :2] = 1, 2
    with pytest.raises(Undefined, match="three models of known and different accuracy"):
        tune_lambda(NODES, EDGES, truth)
    with pytest.raises(UsageError, match=r"shape \(3, 12\), \(2, 12\)"):
        tune_lambda(NODES, EDGES[:2], truth)
    with pytest.raises(UsageError, match="0 or more"):
        tune_lambda(NODES, EDGES, NODES, grid=[-1.0])

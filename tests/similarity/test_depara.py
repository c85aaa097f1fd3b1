import numpy as np
import pytest
from scipy.spatial.distance import pdist
from scipy.stats import spearmanr
from similaritydata import features, maps

from hubscore.errors import Undefined, UsageError
from hubscore.similarity.attribution import attribution
from hubscore.similarity.depara import depara
from hubscore.similarity.depara_edges import depara_edges
from hubscore.similarity.pairwise import pairwise

A = {"features": features(1), "maps": maps(1)}
B = {"features": features(2, d=9), "maps": maps(2)}


def test_edges_against_scipy_with_ties():
    a = np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0], [0.0, 3.0], [1.0, 1.0]])  # several pairs of equal cosine
    b = features(2)[:5]
    expected = spearmanr(1 - pdist(a, "cosine"), 1 - pdist(b, "cosine")).statistic
    assert depara_edges(a, b) == pytest.approx(expected, abs=1e-12)


def test_edges_by_hand():
    # Cosines (01, 02, 12) of a: 0, 0.6, 0.8; of b: 0.8, 0.6, 0: ranks 1 2 3 and 3 2 1.
    assert depara_edges([[1, 0], [0, 1], [0.6, 0.8]], [[0.6, 0.8], [0, 1], [1, 0]]) == pytest.approx(-1)


def test_full_is_nodes_plus_lambda_edges():
    nodes, edges = attribution(A["maps"], B["maps"]), depara_edges(A["features"], B["features"])
    for weight in (0.0, 0.25, 1.0, 10.0):
        assert depara(A, B, lambda_=weight) == pytest.approx(nodes + weight * edges, abs=1e-12)


def test_without_weight_the_edges_need_not_be_defined():
    dead = A | {"features": np.zeros_like(A["features"])}
    assert depara(dead, B, lambda_=0.0) == pytest.approx(attribution(A["maps"], B["maps"]))
    with pytest.raises(Undefined, match="sample 0 are all 0"):
        depara(dead, B)
    table = pairwise("depara", {"dead": dead, "a": A, "b": B})
    assert "all 0" in table.undefined["a", "dead"] and np.isfinite(table.values[1:, 1:]).all()


@pytest.mark.parametrize("weight", [-0.1, float("nan"), float("inf")])
def test_a_weight_that_makes_no_sense(weight):
    with pytest.raises(UsageError, match="lambda cannot be"):
        depara(A, B, lambda_=weight)
    with pytest.raises(UsageError, match="lambda cannot be"):
        pairwise("depara", {"a": A, "b": B}, lambda_=weight)


def test_what_is_missing_is_named():
    with pytest.raises(UsageError, match="DEPARA needs maps") as told:
        depara({"features": A["features"]}, B)
    assert "dict(maps=...)" in told.value.fix
    with pytest.raises(UsageError, match="one has 59 samples and the other 60"):
        depara(A | {"features": A["features"][:-1]}, B)

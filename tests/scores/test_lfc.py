import numpy as np
import pytest
from scoredata import NAMES, case

from hubscore import Undefined, score
from hubscore.numerics.workspace import Workspace
from hubscore.scores.lfc import lfc


def by_tables(features, labels):
    """The definition, with both n x n tables."""
    grams = features @ features.T, np.where(labels[:, None] == labels, 1.0, -1.0)
    a, b = ((table - table.mean()).ravel() for table in grams)
    return a @ b / np.sqrt((a @ a) * (b @ b))


def test_by_hand():
    # Features 1, 1, 0: the Gram matrix is 1 on the first 2 x 2 and 0 elsewhere, so its mean is 4/9 and its squared
    # length without it 4 - 16/9 = 20/9. Labels 0, 1, 1: the table is 1 five times and -1 four times, mean 1/9, squared
    # length 9 - 1/9 = 80/9. Product: 5/9 (8 - 10 - 10 + 8)/9 - 4/9 (-10 + 8 - 10 + 8 + 8)/9 = -20/81 - 16/81 = -4/9.
    value = score("lfc", features=[[1.0], [1.0], [0.0]], labels=[0, 1, 1])
    assert value == pytest.approx(-4 / 9 / np.sqrt(20 / 9 * 80 / 9), rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_equals_the_tables(name):
    features, labels, _ = case(name)
    expected = by_tables(features.astype(np.float64), labels)
    assert score("lfc", features=features, labels=labels) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_one_hot_features_are_perfect():
    assert score("lfc", features=np.eye(3)[[0, 1, 2, 0, 1, 2]], labels=[0, 1, 2, 0, 1, 2]) == pytest.approx(
        1.0, abs=1e-12
    )


def test_undefined_for_constant_features():
    with pytest.raises(Undefined, match="LFC is undefined: the features are the same for every sample"):
        score("lfc", features=np.full((4, 2), 0.1), labels=[0, 0, 1, 1])


@pytest.mark.parametrize("scale", [1e-150, 1e-60, 1e-10, 1e10, 1e60, 1e150, 1e300])
@pytest.mark.parametrize("name", ["more_samples", "more_features", "shifted"])
def test_scale_does_not_matter_to_the_ends_of_float64(name, scale):
    features, labels, _ = case(name)
    value = score("lfc", features=features, labels=labels)
    assert value != 0
    assert score("lfc", features=features * scale, labels=labels) == pytest.approx(value, rel=1e-9)
    assert lfc(Workspace(features=features * scale, labels=labels).rotated()) == pytest.approx(value, rel=1e-9)

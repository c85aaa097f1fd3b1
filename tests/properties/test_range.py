"""Values lie in the declared range, and go the declared way."""

import numpy as np
import pytest
from networks import CLASSES, ENTRIES, ON_TARGETS, POOL, name, network, pool, values


def inside(info, found, target="classification"):
    low, high = info.bounds(CLASSES, target)
    return np.isfinite(found).all() and (low - 1e-9 <= found).all() and (found <= high + 1e-9).all()


@pytest.mark.parametrize(("info", "target"), ON_TARGETS, ids=name)
@pytest.mark.parametrize("noise", [20.0, 4.0, 0.5])
def test_values_lie_in_the_declared_range(info, target, noise):
    networks = pool(info, target) if info.pool else [network(target, noise=noise)]
    assert inside(info, values(info, *networks), target)


@pytest.mark.parametrize(("info", "target"), ON_TARGETS, ids=name)
def test_cleaner_features_never_score_worse(info, target):
    networks = [network(target, noise=noise) for noise in sorted(POOL, reverse=True)]
    found = values(info, *networks) * (1 if info.direction == "higher" else -1)
    assert (np.diff(found) >= -1e-9).all()
    assert found[-1] > found[0]


@pytest.mark.parametrize("info", [info for info in ENTRIES if "labels" not in info.needs], ids=name)
def test_scores_without_labels_are_finite_and_in_range(info):
    assert inside(info, values(info, *pool(info)))

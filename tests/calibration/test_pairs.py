import numpy as np
import pytest
from calibrationdata import simulated

from hubscore.calibration.pairs import groups


def test_some_pairs_are_the_same_ones_in_every_column():
    pairs = simulated(datasets=3, models=4)
    chosen = pairs.target == "set1"
    part = pairs.at(chosen)
    assert len(part) == 4 and part.targets == ["set1"]
    assert part.truth == pytest.approx(pairs.truth[chosen]) and part.model.tolist() == pairs.model[chosen].tolist()


def test_data_sets_and_families_split_the_pairs():
    pairs = simulated(datasets=3, models=4, families=2)
    for split, count in ((pairs.by_target(), 3), (pairs.by_family(), 2)):
        parts = [own for _, own in split]
        assert len(parts) == count and (np.sum(parts, axis=0) == 1).all()


def test_groups_come_by_name():
    assert [(name, own.tolist()) for name, own in groups(np.array(["b", "a", "b"]))] == [
        ("a", [False, True, False]),
        ("b", [True, False, True]),
    ]


def test_the_angle_is_that_of_the_truth():
    pairs = simulated(datasets=3, models=4)
    assert np.sin(pairs.angle) ** 2 == pytest.approx(pairs.truth)

import numpy as np
import pytest

from hubscore.calibration.scale import TOP, bounded, to_accuracy, to_angle


def test_angles_by_hand():
    assert to_angle([0.0, 0.25, 0.5, 0.75, 1.0]) == pytest.approx(np.pi * np.array([0, 1 / 6, 1 / 4, 1 / 3, 1 / 2]))


def test_accuracies_come_back():
    shares = np.linspace(0, 1, 21)
    assert to_accuracy(to_angle(shares)) == pytest.approx(shares)


def test_beyond_the_ends_is_the_end():
    assert to_accuracy([-1.0, 3.0]).tolist() == [0.0, 1.0]


def test_bending_never_ties_and_never_leaves_the_range():
    angles = np.linspace(-0.15, TOP + 0.15, 500)
    bent = bounded(angles)
    assert (np.diff(bent) > 0).all() and bent.min() > 0 and bent.max() < TOP


def test_bending_leaves_the_middle_alone():
    middle = np.linspace(0.25, TOP - 0.25, 50)
    assert bounded(middle) == pytest.approx(middle, abs=1e-4)

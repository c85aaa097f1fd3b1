import numpy as np
import pytest

from hubscore.calibration.rows import rows_missing


def test_rows_by_hand():
    assert rows_missing(16, 100) == pytest.approx(0.4 - 0.2)
    assert rows_missing(16, 1600) == pytest.approx(0.1 - 0.2)


def test_many_classes_share_the_rows():
    assert (np.diff(rows_missing(np.array([2.0, 10.0, 100.0]), np.full(3, 100.0))) > 0).all()

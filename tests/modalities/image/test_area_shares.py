import numpy as np
import pytest

from hubscore.modalities.image.area_shares import box_shares, pixel_shares


def test_g_for_boxes():
    boxes = np.array([[0, 0, 5, 10], [5, 5, 100, 100], [-5, 0, 10, 1], [50, 50, 5, 5]])
    shares = box_shares(boxes, np.array([1, 0, 1, 2]), (10, 10), 4)
    assert shares.tolist() == pytest.approx(
        [0.25, 0.55, 0.0, 0.0]
    )  # clipped on the right, clipped on the left, outside, absent
    assert box_shares(np.empty((0, 4)), np.empty(0), (10, 10), 2).tolist() == [0, 0]


def test_g_for_masks():
    mask = np.array([[0, 0, 3], [3, 3, 255]])
    assert pixel_shares(mask, [0, 3, 7]).tolist() == pytest.approx([0.4, 0.6, 0.0])
    assert pixel_shares(np.full((2, 2), 255), [0, 1]).tolist() == [0, 0]
    assert pixel_shares(mask, [0, 255], ignore=()).tolist() == pytest.approx([2 / 6, 1 / 6])

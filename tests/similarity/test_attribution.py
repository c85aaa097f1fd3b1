import numpy as np
import pytest
from scipy.spatial.distance import cosine
from similaritydata import N, maps

from hubscore.errors import Undefined, UsageError
from hubscore.similarity.attribution import attribution, attribution_distance
from hubscore.similarity.depara_nodes import depara_nodes
from hubscore.similarity.pairwise import pairwise


def test_by_hand():
    a = np.array([[3.0, 4.0], [1.0, 0.0]]).reshape(2, 1, 1, 2)
    b = np.array([[4.0, 3.0], [-1.0, 0.0]]).reshape(2, 1, 1, 2)
    assert attribution(a, b) == pytest.approx((24 / 25 - 1) / 2)


@pytest.mark.parametrize(("left", "right"), [(0, 0), (2, 0), (1, 3), (2, 2)])
def test_only_pixels_seen_by_both_enter(left, right):
    a, b = maps(1, unseen=left), maps(2, unseen=right)
    kept = max(left, right)
    expected = np.mean(
        [1 - cosine(one[..., kept:].ravel(), other[..., kept:].ravel()) for one, other in zip(a, b, strict=True)]
    )
    assert attribution(a, b) == pytest.approx(expected, abs=1e-12)
    assert depara_nodes({"maps": a}, {"maps": b}) == pytest.approx(expected, abs=1e-12)


def test_masks_may_differ_from_image_to_image():
    rng = np.random.default_rng(0)
    a, b = maps(1), maps(2)
    a[rng.random(a.shape) < 0.3] = np.nan
    b[rng.random(b.shape) < 0.3] = np.nan
    expected = []
    for one, other in zip(a, b, strict=True):
        both = ~np.isnan(one) & ~np.isnan(other)
        expected.append(1 - cosine(one[both], other[both]))
    assert attribution(a, b) == pytest.approx(np.mean(expected), abs=1e-12)


def test_samples_with_a_zero_map_are_left_out():
    a, b = maps(1), maps(2)
    expected = attribution(a[5:], b[5:])
    a[:5] = 0
    assert attribution(a, b) == pytest.approx(expected, abs=1e-12)
    table = pairwise("attribution", {"a": a, "b": b})
    assert f"compared on {N - 5} of {N} samples" in table.notes[0]


def test_all_zero_maps_are_undefined():
    with pytest.raises(Undefined, match="on all but 0 of the samples a map is zero") as told:
        attribution(np.zeros_like(maps(1)), maps(2))
    assert "does not depend on its input" in told.value.fix
    table = pairwise("attribution", {"dead": np.zeros_like(maps(1)), "a": maps(1), "b": maps(2)})
    assert set(table.undefined) == {pair for pair in table.undefined if "dead" in pair}
    assert np.isnan(table.values[0]).all() and np.isfinite(table.values[1:, 1:]).all()


def test_maps_that_share_no_pixel_are_undefined():
    left, right = maps(1), maps(2)
    left[..., :3], right[..., 3:] = np.nan, np.nan
    with pytest.raises(Undefined, match="no pixel is seen by both"):
        attribution(left, right)


def test_maps_on_other_grids_or_with_infinities_are_refused():
    with pytest.raises(UsageError, match="different shapes") as told:
        attribution(maps(1), maps(2)[..., :4])
    assert "at one map size" in told.value.fix
    broken = maps(1)
    broken[3, 0, 0, 0] = np.inf
    with pytest.raises(UsageError, match="infinite"):
        attribution(broken, maps(2))
    with pytest.raises(UsageError, match="four axes"):
        attribution(maps(1)[0], maps(2)[0])


def test_the_distance_is_the_reciprocal():
    assert attribution_distance(1.0) == 1.0
    assert attribution_distance(0.25) == 4.0


@pytest.mark.parametrize("mean", [0.0, -0.2])
def test_no_distance_where_the_mean_cosine_is_not_positive(mean):
    with pytest.raises(Undefined, match="mean cosine is") as told:
        attribution_distance(mean)
    assert "order models by the mean cosine" in told.value.fix

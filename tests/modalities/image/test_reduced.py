import io

import numpy as np
import pytest
from PIL import Image
from probe.pictures import encoded, noise

from hubscore.modalities.image.decode import decode
from hubscore.modalities.image.modality import IMAGE
from hubscore.modalities.image.reduced import STEPS, kept_side, made_side

TRANSFORM = {"resize": {"mode": "shortest_edge", "size": 224}, "interpolation": "bicubic"}


def scene(size):
    """A smooth picture with edges, as photos have them."""
    across, down = np.meshgrid(np.linspace(0, 6, size[0]), np.linspace(0, 5, size[1]))
    waves = np.stack([np.sin(across * down), np.cos(across - down), np.sign(np.sin(3 * across))], axis=-1)
    return Image.fromarray(np.uint8(127 + 100 * waves))


def seen(picture, side=224):
    """What a transform makes of a picture."""
    return np.asarray(picture.resize((side, side), Image.Resampling.BICUBIC), dtype=float)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_what_a_network_sees_hardly_changes(form):
    data = encoded(scene((1600, 1200)), form, **({"lossless": True} if form == "WEBP" else {}))
    whole, small = IMAGE.decode(data), IMAGE.decode_in(data, IMAGE.detail(IMAGE.extent(data), TRANSFORM))
    assert whole.size == (1600, 1200) and small.size == (683, 512)
    assert np.abs(seen(whole) - seen(small)).mean() < 1.0  # of 255


def test_an_upright_picture_is_reduced_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    data = io.BytesIO()
    scene((1600, 1200)).save(data, "JPEG", exif=exif)
    whole, small = decode(data.getvalue()), decode(data.getvalue(), shorter=512)
    assert whole.size == (1200, 1600) and small.size == (512, 683)
    assert np.abs(seen(whole) - seen(small)).mean() < 1.0


def test_smaller_pictures_are_left_alone_to_the_bit():
    data = encoded(noise(0, (1500, 1023)))
    detail = IMAGE.detail(IMAGE.extent(data), TRANSFORM)
    assert detail is None and IMAGE.decode_in(data, detail).tobytes() == IMAGE.decode(data).tobytes()
    assert decode(data, shorter=2000).size == (1500, 1023)


@pytest.mark.parametrize("side", [1, 224, 256, 257, 500, 1024])
def test_a_reduced_picture_keeps_twice_what_the_transform_makes(side):
    kept = kept_side(100_000, {"resize": {"mode": "shortest_edge", "size": side}, "interpolation": "bilinear"})
    assert kept is not None and kept >= 2 * side
    assert kept_side(2 * kept, {**TRANSFORM, "resize": {"mode": "exact", "size": [side, side]}}) == kept
    assert kept_side(2 * kept - 1, {**TRANSFORM, "resize": {"mode": "exact", "size": [side, side]}}) is None


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"resize": {"mode": "none"}, "interpolation": "bicubic"},
        {"resize": {"mode": "processor"}, "interpolation": "bicubic"},
        {"resize": {"mode": "exact", "size": [224, 224]}, "interpolation": "nearest"},
        {"resize": {"mode": "exact", "size": [224, 224]}},
        {"resize": {"mode": "exact", "size": []}, "interpolation": "bicubic"},
        {"resize": {"mode": "shortest_edge", "size": STEPS[-1] + 1}, "interpolation": "bicubic"},
    ],
)
def test_transforms_that_do_not_shrink_or_that_nobody_knows_get_the_picture_as_it_is(spec):
    assert kept_side(100_000, spec) is None


def test_the_larger_of_two_sides_counts():
    assert made_side({"resize": {"mode": "longest_edge", "size": [224, 448]}, "interpolation": "lanczos"}) == 448


def test_pictures_that_may_be_reduced_have_another_identity_than_before(monkeypatch):
    small, large = encoded(noise(0, (1500, 1023))), encoded(noise(0, (1024, 1024)))
    before = [super(type(IMAGE), IMAGE).identity(data) for data in (small, large)]
    assert IMAGE.identity(small) == before[0] and IMAGE.identity(large) != before[1]


def test_packing_keeps_every_bit():
    picture = noise(0, (13, 7))
    assert IMAGE.unpack(IMAGE.pack(picture)).tobytes() == picture.tobytes()

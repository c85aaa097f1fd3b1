import pickle

import numpy as np
import pytest
from PIL import Image
from probe.pictures import encoded, noise, png

from hubscore.modalities.image.lazy_images import LazyImages, cost, decode_all


def test_pictures_that_fit_are_decoded_once():
    images = LazyImages([png(0), png(1)], {0: noise(0)})
    assert images[0] is images[0]
    assert images[1] is not images[1] and (np.asarray(images[1]) == np.asarray(noise(1))).all()


def test_it_is_a_sequence():
    images = LazyImages([png(0), png(1), png(2)], {})
    assert len(images) == 3 and [picture.size for picture in images] == [(8, 6)] * 3
    assert (np.asarray(images[-1]) == np.asarray(noise(2))).all()
    assert len(images[1:]) == 2 and repr(images) == "<3 RGB images, 0 of them decoded>"
    with pytest.raises(IndexError):
        images[3]


def test_two_are_joined_and_what_is_decoded_stays():
    one, other = LazyImages([png(0)], {}), LazyImages([png(1), png(2)], {1: noise(2)})
    images = one + other
    assert len(images) == 3 and images.encoded == (png(0), png(1), png(2))
    assert images[2] is other[1] and images[1] is not images[1]


def test_workers_can_have_it():
    images = pickle.loads(pickle.dumps(LazyImages([png(0)], {0: noise(0)})))
    assert (np.asarray(images[0]) == np.asarray(noise(0))).all()


def test_decoded_pictures_are_kept_while_there_is_room():
    found = list(decode_all([png(0), png(1), png(2)], room=2 * cost(noise(0))))
    assert [type(picture) for picture in found] == [Image.Image, Image.Image, type(None)]


def test_broken_pictures_say_why():
    whole = encoded(noise(0, (64, 64)), "JPEG")
    reasons = list(decode_all([b"", b"GIF89a", whole[: len(whole) // 2], whole]))
    assert reasons[0] == "not an image, or of a kind that Pillow does not know"
    assert isinstance(reasons[1], str) and "truncated" in reasons[2]
    assert isinstance(reasons[3], Image.Image)

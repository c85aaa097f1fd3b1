import pickle

import numpy as np
import pytest
from PIL import Image
from probe.pictures import encoded, noise, png

from hubscore.modalities.image.modality import IMAGE
from hubscore.modalities.lazy_items import DecodeError, LazyItems, decode_all


def lazy(encoded, decoded):
    return LazyItems(encoded, decoded, IMAGE.decode)


def test_items_that_fit_are_decoded_once():
    items = lazy([png(0), png(1)], {0: noise(0)})
    assert items[0] is items[0]
    assert items[1] is not items[1] and (np.asarray(items[1]) == np.asarray(noise(1))).all()


def test_it_is_a_sequence():
    items = lazy([png(0), png(1), png(2)], {})
    assert len(items) == 3 and [picture.size for picture in items] == [(8, 6)] * 3
    assert (np.asarray(items[-1]) == np.asarray(noise(2))).all()
    assert len(items[1:]) == 2 and repr(items) == "<3 items, 0 of them decoded>"
    with pytest.raises(IndexError):
        items[3]


def test_two_are_joined_and_what_is_decoded_stays():
    one, other = lazy([png(0)], {}), lazy([png(1), png(2)], {1: noise(2)})
    items = one + other
    assert len(items) == 3 and items.encoded == (png(0), png(1), png(2))
    assert items[2] is other[1] and items[1] is not items[1]


def test_workers_can_have_it():
    items = pickle.loads(pickle.dumps(lazy([png(0), png(1)], {0: noise(0)})))
    assert (np.asarray(items[0]) == np.asarray(noise(0))).all()
    assert (np.asarray(items[1]) == np.asarray(noise(1))).all()


def test_decoded_items_are_kept_while_there_is_room():
    found = list(decode_all(IMAGE, [png(0), png(1), png(2)], room=2 * IMAGE.item_bytes(noise(0))))
    assert [type(picture) for picture in found] == [Image.Image, Image.Image, type(None)]


def test_broken_items_say_why():
    whole = encoded(noise(0, (64, 64)), "JPEG")
    reasons = list(decode_all(IMAGE, [b"", b"GIF89a", whole[: len(whole) // 2], whole]))
    assert str(reasons[0]) == "not an image, or of a kind that Pillow does not know"
    assert isinstance(reasons[1], DecodeError) and "truncated" in str(reasons[2])
    assert isinstance(reasons[3], Image.Image)

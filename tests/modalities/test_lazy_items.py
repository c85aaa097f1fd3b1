import pickle

import numpy as np
import pytest
from probe.pictures import noise, png, stored

from hubscore.modalities.lazy_items import LazyItems, PickedItems, seen_by
from hubscore.modalities.stored_items import by_reference

SPEC = {"resize": {"mode": "shortest_edge", "size": 224}, "interpolation": "bilinear"}


def lazy(*seeds, size=(8, 6)):
    return LazyItems(stored([png(seed, size) for seed in seeds]))


def test_items_are_decoded_once():
    items = lazy(0, 1)
    assert items[0] is items[0] and (np.asarray(items[1]) == np.asarray(noise(1))).all()
    assert items.stored[0].store.decodings == 2


def test_it_is_a_sequence():
    items = lazy(0, 1, 2)
    assert repr(items) == "<3 items, 0 of them decoded>"
    assert len(items) == 3 and [picture.size for picture in items] == [(8, 6)] * 3
    assert (np.asarray(items[-1]) == np.asarray(noise(2))).all()
    assert len(items[1:]) == 2 and repr(items) == "<3 items, 3 of them decoded>"
    with pytest.raises(IndexError):
        items[3]


def test_two_are_joined_and_what_is_decoded_stays():
    one, other = lazy(0), lazy(1, 2)
    kept = other[1]
    items = one + other
    assert len(items) == 3 and list(items.encoded) == [png(0), png(1), png(2)]
    assert items.encoded[1:] == [png(1), png(2)] and items[2] is kept


def test_workers_can_have_it():
    items = lazy(0, 1)
    items[0]
    with by_reference():
        there = pickle.loads(pickle.dumps(items))
    assert [(np.asarray(there[at]) == np.asarray(noise(at))).all() for at in (0, 1)] == [True, True]
    assert there.stored[0].store.decodings == 1  # the first came decoded


def test_a_transform_sees_large_pictures_reduced_and_others_as_they_are():
    large, small = lazy(0, size=(1100, 1030)), lazy(1)
    items = large + small
    seen = seen_by(items, SPEC)
    assert [one.size for one in seen] == [(547, 512), (8, 6)] and items[0].size == (1100, 1030)
    assert seen[1] is items[1]


def test_items_of_several_probes_are_decoded_when_they_are_asked_for():
    one, other = lazy(0, 1), lazy(2, size=(1100, 1030))
    picked = PickedItems([(other, 0), (one, 1)])
    assert len(picked) == 2 and not any(item.kept for item in one.stored + other.stored)
    assert picked[1] is one[1] and [item.size for item in picked[:]] == [(1100, 1030), (8, 6)]
    assert [item.size for item in picked.seen_by(SPEC)] == [(547, 512), (8, 6)]

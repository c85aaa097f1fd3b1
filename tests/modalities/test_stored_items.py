import gc
import os
import pickle

import numpy as np
from PIL import Image
from probe.pictures import encoded, noise, png

from hubscore.modalities.base import Modality
from hubscore.modalities.image.modality import IMAGE
from hubscore.modalities.spill import Span
from hubscore.modalities.stored_items import EncodedItems, ItemStore, by_reference, decode_all

ONE = 8 * 6 * 4


class Letters(Modality):
    """Items that are not worth packing."""

    name, nouns, tasks = "letter", ("letter", "letters"), ("text-classification",)

    def decode(self, data):
        return data.decode()


def test_items_beyond_the_memory_lie_in_a_file_and_beyond_that_are_decoded_again():
    store = ItemStore(IMAGE, decoded=ONE, file=8 + 8 * 6 * 3)
    items = [store.add(png(seed)) for seed in range(3)]
    assert list(decode_all(items)) == [None] * 3
    kinds = sorted(type(item.kept.get(None)).__name__ for item in items)
    assert kinds == ["Image", "NoneType", "Span"] and store.decodings == 3
    for _ in range(2):
        for seed, item in enumerate(items):
            assert (np.asarray(item.decoded(None)) == np.asarray(noise(seed))).all()
    assert store.decodings == 5 and store.decode_seconds > 0


def test_encoded_items_beyond_the_memory_lie_in_a_file():
    store = ItemStore(IMAGE, encoded=len(png(0)))
    items = [store.add(png(0)), store.add(png(1))]
    assert list(EncodedItems(items)) == [png(0), png(1)]
    assert [type(item._data) for item in items] == [bytes, Span]


def test_what_comes_back_does_not_depend_on_what_was_asked_before():
    spec = {"resize": {"mode": "exact", "size": [224, 224]}, "interpolation": "bicubic"}
    first, second = (ItemStore(IMAGE).add(png(0, (1040, 1030))) for _ in range(2))
    first.decoded(None)
    assert (np.asarray(first.decoded(spec)) == np.asarray(second.decoded(spec))).all()
    assert first.decoded(spec).size == (517, 512) and second.decoded(None).size == (1040, 1030)


def test_what_is_pickled_holds_its_bytes():
    item = ItemStore(IMAGE, encoded=0).add(png(0, (100, 90)))
    item.decoded(None)
    sent = pickle.dumps(item)
    del item
    gc.collect()
    assert pickle.loads(sent).encoded == png(0, (100, 90))


def test_processes_of_this_machine_can_have_where_it_lies():
    item = ItemStore(IMAGE).add(png(0, (100, 90)))
    item.decoded(None)
    with by_reference():
        sent = pickle.dumps(item)
    assert len(sent) < 1000
    there = pickle.loads(sent)
    assert there.encoded == item.encoded and isinstance(there.kept[None], Span)
    assert (np.asarray(there.decoded(None)) == np.asarray(item.decoded(None))).all() and there.store.decodings == 0


def test_what_a_worker_decodes_itself_lies_in_a_file_of_its_own():
    store = ItemStore(IMAGE, decoded=0)
    with by_reference():
        there = pickle.loads(pickle.dumps(store.add(png(0, (100, 90)))))
    assert there.decoded(None).size == (100, 90) and not os.path.exists(there.kept[None].path)
    with by_reference():
        again = pickle.loads(pickle.dumps(there))
    assert again.kept == {} and (np.asarray(again.decoded(None)) == np.asarray(noise(0, (100, 90)))).all()


def test_an_original_in_a_file_without_a_name_goes_as_it_is():
    item = ItemStore(IMAGE, encoded=0, shared=False).add(png(0, (100, 90)))
    with by_reference():
        sent = pickle.dumps(item)
    assert pickle.loads(sent).encoded == png(0, (100, 90))


def test_items_that_cannot_be_packed_are_decoded_there_again():
    item = ItemStore(Letters()).add(b"abc")
    assert item.decoded(None) == "abc" and item.kept == {None: "abc"}
    with by_reference():
        there = pickle.loads(pickle.dumps(item))
    assert there.kept == {} and there.decoded({"any": 1}) == item.decoded(None)


def test_broken_items_say_why():
    whole = encoded(noise(0, (64, 64)), "JPEG")
    store = ItemStore(IMAGE)
    items = [store.add(data) for data in (b"", b"GIF89a", whole[: len(whole) // 2], whole)]
    reasons = list(decode_all(items))
    assert str(reasons[0]) == "the file is empty"
    assert reasons[1] is not None and "truncated" in str(reasons[2])
    assert reasons[3] is None and isinstance(items[3].kept[None], Image.Image)


def test_a_large_photo_that_is_cut_off_is_broken_in_any_detail():
    whole = encoded(Image.linear_gradient("L").resize((1600, 1200)).convert("RGB"), "JPEG")
    (fault,) = decode_all([ItemStore(IMAGE).add(whole[: len(whole) // 2])])
    assert "truncated" in str(fault)

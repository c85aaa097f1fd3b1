from PIL import Image
from probe.pictures import encoded, png, stored

from hubscore.modalities.item_seconds import measure_items
from hubscore.modalities.stored_items import ItemStore, decode_all
from hubscore.modalities.text.items import to_bytes
from hubscore.modalities.text.modality import TEXT


def test_large_photos_cost_more_to_decode_and_no_more_to_prepare():
    photo = encoded(Image.effect_noise((2600, 2100), 60).convert("RGB"), "JPEG")
    small, large = stored([png(0, (300, 280))] * 3), stored([photo] * 3)
    assert list(decode_all(small)) == list(decode_all(large)) == [None] * 3
    before = large[0].store.decodings
    one, other = measure_items(small), measure_items(large)
    assert other.once > one.once > 0 and one.each > 0 and other.each > 0
    assert large[0].store.decodings == before  # what is kept is not decoded again


def test_nothing_is_said_of_no_items():
    assert measure_items([]) is None


def test_the_tokens_of_texts_are_estimated_and_images_have_none():
    texts = ItemStore(TEXT)
    assert measure_items([texts.add(to_bytes("to be or not " * 10)) for _ in range(3)]).size == 34
    assert measure_items(stored([png(0, (30, 28))])).size is None

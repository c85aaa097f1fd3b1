import pytest
from datasets import Image, List, Value

from hubscore.modalities.registry import MODALITIES
from hubscore.modalities.text.items import TextFile
from hubscore.modalities.text.modality import TEXT


def test_it_comes_with_hubscore_and_images_are_meant_first():
    assert [one.name for one in MODALITIES][:2] == ["image", "text"] and MODALITIES.get("text") is TEXT


def test_strings_and_text_files_are_texts():
    assert TEXT.is_input(Value("string")) and TEXT.is_input(Value("large_string")) and TEXT.is_input(TextFile())
    assert not any(map(TEXT.is_input, (Value("int64"), Image(), List(Value("float32")))))
    assert TEXT.holds_files(TextFile()) and not TEXT.holds_files(Value("string"))


def test_texts_become_bytes_and_items():
    assert TEXT.decode(TEXT.encode("hello")) == "hello" == TEXT.decode(TEXT.encode_file(b"hello")[0])
    assert TEXT.item_bytes("hello") == 20 and TEXT.identity(TEXT.encode("a")) != TEXT.identity(TEXT.encode("b"))
    with pytest.raises(ValueError, match="empty"):
        TEXT.encode("")


def test_files_say_their_encoding():
    assert TEXT.encode_file("\ufeffhéllo".encode()) == TEXT.encode_file("héllo".encode()) == (TEXT.encode("héllo"), "")
    assert TEXT.encode_file("héllo".encode("utf-16")) == (TEXT.encode("héllo"), "read as UTF-16")
    with pytest.raises(ValueError, match="zero bytes"):
        TEXT.encode_file(b"\x00\x01\x02\x03\x00\x00\x07")


def test_single_words_are_names_rather_than_texts():
    assert [TEXT.plausible(TEXT.encode(text)) for text in ("bird_1", "a bird", "你好", "Übung")] == [
        False,
        True,
        True,
        True,
    ]


def test_tasks():
    assert TEXT.tasks[0] == TEXT.task_of("classification") == TEXT.task_of("regression") == "text-classification"
    assert TEXT.task_of(None) == "feature-extraction"

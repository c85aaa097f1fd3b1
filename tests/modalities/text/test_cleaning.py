import pytest

from hubscore.modalities.text.cleaning import MOST_CHARACTERS, checked, text_of_file


def test_texts_are_kept_as_they_are():
    for text in ("<b>Hello</b>", "שלום עולם", "👩‍👩‍👧 🙂", "tab\tand\x07bell"):
        assert checked(text) == text


def test_what_no_tokenizer_reads_is_replaced_or_cut():
    assert checked("broken \ud83d") == "broken \ufffd"
    assert len(checked("word " * MOST_CHARACTERS)) == MOST_CHARACTERS


@pytest.mark.parametrize(
    ("value", "why"),
    [("", "the text is empty"), (" \n\t", "the text is empty"), (3, "of type int"), (float("nan"), "of type float")],
)
def test_what_is_no_text_is_refused_with_the_reason(value, why):
    with pytest.raises(ValueError, match=why):
        checked(value)


def test_files_say_their_encoding():
    assert text_of_file("\ufeffhéllo".encode("utf-8")) == "héllo" and text_of_file("héllo".encode("utf-16")) == "héllo"
    with pytest.raises(ValueError, match="zero bytes"):
        text_of_file(b"\x00\x01\x02\x03\x00\x00\x07")

import pytest

from hubscore.modalities.text.cleaning import (
    MOST_CHARACTERS,
    MOST_WORDS,
    checked,
    checked_words,
    notes_on,
)


def test_texts_are_kept_as_they_are():
    for text in ("<b>Hello</b>", "שלום עולם", "👩‍👩‍👧 🙂", "tab\tand\x07bell"):
        assert checked(text) == text


def test_what_no_tokenizer_reads_is_replaced_or_cut():
    assert checked("broken \ud83d") == "broken \ufffd"
    assert len(checked("word " * MOST_CHARACTERS)) == MOST_CHARACTERS


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("\x00\x07", "nothing but control characters"),
        ("", "the text is empty"),
        (" \n\t", "the text is empty"),
        (3, "of type int"),
        (float("nan"), "of type float"),
    ],
)
def test_what_is_no_text_is_refused_with_the_reason(value, why):
    with pytest.raises(ValueError, match=why):
        checked(value)


def test_words():
    assert checked_words(["New", "", "\ud83d"]) == ["New", "", "\ufffd"]
    for values, why in (
        ([], "no words"),
        ([" "], "empty"),
        (["a", 3], "word 2 is not a text"),
        (["a"] * (MOST_WORDS + 1), "at most"),
    ):
        with pytest.raises(ValueError, match=why):
            checked_words(values)


def test_what_is_worth_saying_is_counted():
    assert notes_on(["plain 3 < 4", "<3 & you"]) == []
    assert notes_on(["<p>a</p>", "b &amp; c", "<br/>"]) == ["3 of 3 texts hold HTML, which stays in them"]
    assert notes_on([("a", "b\x00"), "\ufffd"]) == [
        "1 of 2 texts holds control characters, which stay in it",
        "1 of 2 texts holds characters that could not be read, shown as \ufffd",
    ]
    assert notes_on([checked("x" * 1_000_000)]) == [
        "1 of 1 texts is longer than 200,000 characters; the rest is not read"
    ]

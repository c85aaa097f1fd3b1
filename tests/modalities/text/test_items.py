import pytest

from hubscore.modalities.text.items import WordInText, from_bytes, parts_of, sentence_bytes, to_bytes, word_bytes


@pytest.mark.parametrize("item", ["", "שלום 🙂", ("a", "b"), WordInText(("New", "York"), 1)])
def test_items_travel_as_json_and_come_back(item):
    assert from_bytes(to_bytes(item)) == item


@pytest.mark.parametrize(
    "data", [b"1", b'["a"]', b'["a", 1]', b'{"words": ["a"], "index": 1}', b'{"words": "a"}', b"x"]
)
def test_other_bytes_are_refused(data):
    with pytest.raises(ValueError):
        from_bytes(data)


def test_a_word_says_where_it_stands():
    word = WordInText(("New", "York"), 1)
    assert str(word) == "York in: New York" and parts_of(word) == word.words and parts_of(("a", "b")) == ("a", "b")


def test_words_of_a_sentence():
    sentence = sentence_bytes(["New", "York", ""])
    assert from_bytes(sentence) == "New York " and from_bytes(word_bytes(sentence, 1, 3)) == WordInText(
        ("New", "York", ""), 1
    )
    for index, labels, why in ((0, 4, "4 labels for 3 words"), (0, 1, "1 label for 3 words"), (2, 3, "is empty")):
        with pytest.raises(ValueError, match=why):
            word_bytes(sentence, index, labels)

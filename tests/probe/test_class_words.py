import json

import numpy as np
import pyarrow as pa
import pytest

from hubscore.probe.class_words import one_to_one
from hubscore.probe.load import load_probe
from hubscore.probe.targets import Labels

LABELS = Labels("classification", np.array([0, 1, 2, 0, -1]), ("3", "5", "7"), np.array([False] * 4 + [True]))


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["cat", "dog ", "owl", "cat", None], ("cat", "dog", "owl")),
        (["cat", "dog", "owl", "dog", None], ()),  # two words of one number
        (["cat", "cat", "owl", "cat", None], ()),  # one word of two numbers
        (["cat", "dog", None, "cat", "owl"], ()),
        (["cat", "dog", "", "cat", ""], ()),
        (["3", "5", "7", "3", ""], ()),
    ],
)
def test_each_number_has_a_word_of_its_own(words, found):
    assert one_to_one(pa.chunked_array([words[:2], words[2:]], pa.string()), LABELS) == found


def rows(**words):
    texts = ["a film that nobody should miss", "hardly worth the while of anybody", "one more of its kind"]
    return [
        {"text": f"{text} {at}", **{name: some[at % 3] for name, some in words.items()}}
        for at in range(12)
        for text in [texts[at % 3]]
    ]


def probe(tmp_path, data, **options):
    path = tmp_path / "train.jsonl"
    path.write_text("\n".join(map(json.dumps, data)))
    return load_probe(path, **options)


@pytest.mark.parametrize("name", ["label_text", "label_name", "class_name", "coarse_label_name"])
def test_numbered_classes_have_the_names_beside_them(tmp_path, name):
    found = probe(tmp_path, rows(label=[2, 0, 1], **{name: ["good", "bad", "so so"]}))
    assert found.classes == ("bad", "so so", "good") and found.label_column == "label"
    assert found.label_source == (
        f"a column of 3 integers with the words of {name} as their names, the only one named like a label"
    )


def test_of_two_levels_each_has_its_own_names(tmp_path):
    words = {"fine_label_name": ["a", "b", "c"], "coarse_label": [1, 0, 0], "coarse_label_name": ["x", "y", "y"]}
    data = rows(fine_label=[0, 1, 2], **words)
    coarse, fine = (probe(tmp_path, data, label_column=name) for name in ("coarse_label", "fine_label"))
    assert coarse.classes == ("y", "x") and fine.classes == ("a", "b", "c")
    assert (
        coarse.label_source == "a column of 2 integers with the words of coarse_label_name as their names, as asked for"
    )


def test_words_that_say_something_else_name_nothing(tmp_path):
    found = probe(tmp_path, rows(label=[2, 0, 1], category=["a", "b", "b"]))
    assert found.classes == ("0", "1", "2") and found.label_source.endswith("named like a label, as is category")

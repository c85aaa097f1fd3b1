import json
from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from datasets import ClassLabel, Dataset, Features, List, Value

from hubscore.errors import DatasetError, UsageError
from hubscore.modalities.text.items import WordInText
from hubscore.probe import member_rows
from hubscore.probe.load import load_probe

NAMES = ["O", "B-PER", "B-LOC"]
FEATURES = Features({"id": Value("string"), "tokens": List(Value("string")), "ner_tags": List(ClassLabel(names=NAMES))})


def sentences(count=30):
    return [
        {"id": str(row), "tokens": ["Anna", "saw", f"place{row}", "twice"], "ner_tags": [1, 0, 2, 0]}
        for row in range(count)
    ]


def saved(path, rows, features=FEATURES):
    columns = {name: [row[name] for row in rows] for name in features}
    Dataset.from_dict(columns, features=features).to_parquet(str(path))
    return path


def test_each_row_is_a_word_in_its_sentence_with_its_own_label(tmp_path):
    probe = load_probe(saved(tmp_path / "ner.parquet", sentences()), samples=27)
    assert (probe.input_column, probe.label_column, probe.population) == ("tokens", "ner_tags", 120)
    for item, label, number in zip(probe.items, probe.labels, probe.indices, strict=True):
        assert isinstance(item, WordInText) and (item.index, item.words[2]) == (number % 4, f"place{number // 4}")
        assert probe.classes[label] == NAMES[[1, 0, 2, 0][item.index]]
    assert Counter(probe.labels.tolist()) == {0: 9, 1: 9, 2: 9}
    assert len({item.words for item in probe.items}) == 27  # as many sentences as words
    assert "each row is a word of 'tokens' in its sentence: 27 words of 27 sentences" in probe.notes
    again = load_probe(tmp_path / "ner.parquet", samples=27, input_column="tokens", label_column="ner_tags")
    assert again.fingerprint == probe.fingerprint


def test_more_words_than_sentences_come_from_all_of_them(tmp_path):
    probe = load_probe(saved(tmp_path / "ner.parquet", sentences()), samples=45)
    assert len({item.words for item in probe.items}) == 30


def test_sequences_of_labels_that_do_not_fit_are_named(tmp_path):
    rows = sentences()
    rows[2]["ner_tags"] = [1, 0, 2, 0, 0, 0]
    rows[3]["ner_tags"] = [1, 0]
    rows[4]["tokens"] = []
    rows[5]["tokens"] = ["Anna", None, "place5", "twice"]
    rows[6]["tokens"] = ["", "saw", "place6", "twice"]
    probe = load_probe(saved(tmp_path / "ner.parquet", rows), samples=117)
    reasons = {row["file"]: row["reason"] for row in probe.dropped}
    assert reasons == {
        "row 2": "6 labels for 4 words",
        "row 3": "2 labels for 4 words",
        "row 4": "the sentence has no words",
        "row 5": "word 2 is not a text but a value of type NoneType",
        "row 6": "the word is empty",
    }
    assert "row 2 (6 labels for 4 words)" in probe.notes[-1]


def test_tags_that_fit_no_sentence_are_refused_and_never_read_as_something_else(tmp_path):
    rows = sentences()
    for row in rows[:20]:
        row["ner_tags"] = [1, 0, 2]
    path = saved(tmp_path / "ner.parquet", rows)
    with pytest.raises(DatasetError) as error:
        load_probe(path)
    assert error.value.what == "The labels of column 'ner_tags' do not fit the words of 'tokens'"
    assert error.value.why.endswith("row 0: 3 labels for 4 words")
    assert load_probe(path, target="multilabel").target == "multilabel"


def test_which_of_several_tags_is_asked(tmp_path):
    features = Features({**FEATURES, "pos_tags": List(ClassLabel(names=["NOUN", "VERB"]))})
    path = saved(tmp_path / "a.parquet", [row | {"pos_tags": [0, 1, 0, 1]} for row in sentences()], features)
    with pytest.raises(UsageError, match=r"(?s)Several columns could be the label: ner_tags, pos_tags"):
        load_probe(path)
    assert load_probe(path, label_column="pos_tags", samples=20).classes == ("NOUN", "VERB")


def test_tags_as_strings_and_a_label_for_the_whole_sentence(tmp_path):
    rows = [{"words": ["Anna", f"n{row}"], "ner": ["B", "O"]} for row in range(20)]
    (tmp_path / "ner.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert load_probe(tmp_path / "ner.jsonl", samples=10).classes == ("B", "O")
    rows = [{"tokens": ["Anna", f"n{row}"], "label": row % 2} for row in range(20)]
    (tmp_path / "whole.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    whole = load_probe(tmp_path / "whole.jsonl")
    assert whole.items[0].startswith("Anna n")
    assert "each text is the words of 'tokens' with spaces between them" in whole.notes
    rows = [{"tokens": ["Anna", f"n{row}", "x"], "labels": [["a"], ["a", "b"]][row % 2]} for row in range(20)]
    (tmp_path / "several.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert load_probe(tmp_path / "several.jsonl").target == "multilabel"


def test_the_number_for_no_label_is_none(tmp_path):
    rows = [{"tokens": ["a", "b", f"n{row}"], "ner_tags": [-100, 0, 1]} for row in range(10)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    probe = load_probe(tmp_path / "a.jsonl")
    assert probe.classes == ("0", "1") and {item.index for item in probe.items} == {1, 2}


def test_of_very_many_words_whole_sentences_are_drawn(tmp_path, monkeypatch):
    monkeypatch.setattr(member_rows, "MOST_MEMBERS", 50)
    probe = load_probe(saved(tmp_path / "ner.parquet", sentences()), samples=500)
    assert 48 <= len(probe) <= 56 and any("sequences drawn at random of 30" in note for note in probe.notes)
    for item, number in zip(probe.items, probe.indices, strict=True):
        assert item.words[2] == f"place{number // 4}" and item.index == number % 4


def test_ignored_labels_of_other_types_are_left_alone():
    assert member_rows._without_ignored(pa.array(["a"])).to_pylist() == ["a"]
    assert member_rows._without_ignored(pa.array([-100, 2])).to_pylist() == [None, 2]
    assert member_rows._without_ignored(pa.array(np.array([2], np.uint8))).to_pylist() == [2]

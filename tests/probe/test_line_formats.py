import pytest

from hubscore.errors import DatasetError
from hubscore.probe.line_formats import read_line_format
from hubscore.probe.load import load_probe


def test_several_labels_of_fasttext_are_lists():
    table, _ = read_line_format("__label__a __label__b one two\n__label__a three\n")
    assert table.to_pydict() == {"label": [["a", "b"], ["a"]], "text": ["one two", "three"]}


def test_a_line_of_fasttext_without_a_label_has_none():
    lines = "__label__a one\n" * 300 + "two\n"
    table, _ = read_line_format(lines)
    assert table["label"].to_pylist() == ["a"] * 300 + [None]


@pytest.mark.parametrize("text", ["one two\nthree four\n", "a,b\n1,2\n", "", "O\nO\n", "yes NO\nno YES\n"])
def test_other_lines_have_no_format(text):
    assert read_line_format(text) is None


def test_conll_files_are_sentences(tmp_path):
    lines = "-DOCSTART- -X- O\n\n" + "Bo NNP B-PER\nsaw VBD O\nRome NNP B-LOC\n\n" * 4
    (tmp_path / "ner.txt").write_text(lines)
    probe = load_probe(tmp_path / "ner.txt")
    assert probe.classes == ("B-LOC", "B-PER", "O") and len(probe) == 12
    assert any("a word and its tag per line" in note for note in probe.notes)


def test_conll_files_may_be_called_so(tmp_path):
    for name, count in (("train.conll", 6), ("test.conll", 2)):
        (tmp_path / name).write_text("Bo B-PER\nsaw O\nRome B-LOC\n\n" * count)
    probe, folder = load_probe(tmp_path / "test.conll"), load_probe(tmp_path)
    assert probe.classes == folder.classes == ("B-LOC", "B-PER", "O") and (len(probe), len(folder)) == (6, 18)
    (tmp_path / "test.conll").write_text("Bo saw\n\nRome\n")
    with pytest.raises(DatasetError, match="its lines do not end in tags"):
        load_probe(tmp_path / "test.conll")

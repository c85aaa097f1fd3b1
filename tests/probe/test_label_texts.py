import pytest

from hubscore.probe.label_texts import read_label_texts


def read(*values, wanted=None):
    found = read_label_texts(values, wanted)
    return found.kind, found.values


@pytest.mark.parametrize("mark", ["|", ";", ", "])
def test_marks_between_several_labels(mark):
    rows = [["a", "b"], ["a"], ["b", "c"], ["c"]]
    texts = [mark.join(row) for row in rows]
    found = read_label_texts([*texts, ""], None)
    assert found.kind == "list" and found.values == [*rows, None]
    assert f"({texts[0]!r} is a and b); --target classification keeps them whole" in found.notes[0]
    assert read(*texts, wanted="classification") == ("text", texts)


@pytest.mark.parametrize(
    "names",
    [
        ["tench, Tinca tinca", "goldfish, Carassius auratus"],
        ["Albany, NY", "Buffalo, NY", "Salem, MA"],
        [f"{surname}, {name}" for surname in ("Smith", "Jones", "Brown") for name in ("Anna", "John")],
        ["polar bear", "brown bear", "brown dog"],
        [",", ";", "O", "B-PER"],
    ],
)
def test_marks_in_the_names_of_classes(names):
    assert read(*names * 2) == ("text", names * 2) and read_label_texts(names * 2, None).notes == []


def test_what_is_kept_whole_is_said_where_it_may_be_several():
    (said,) = read_label_texts(["left|front", "right|back"], None).notes
    assert said == "labels with bars in them were kept whole ('left|front'): --target multilabel splits them"
    (said,) = read_label_texts(["scab rust", "scab", "rust"], None).notes
    assert "spaces in them were kept whole" in said
    assert read("scab rust", "scab", wanted="multilabel") == ("list", [["scab", "rust"], ["scab"]])


def test_spaces_and_capitals():
    found = read_label_texts(["cat", "cat ", "dog", "Dog"], None)
    assert found.values == ["cat", "cat", "dog", "Dog"]
    assert "spaces around the labels" in found.notes[0] and found.notes[1].endswith("different ones: Dog and dog")


def test_words_for_no_label_are_classes_and_said():
    (said,) = read_label_texts(["cat", "N/A", "dog", "N/A"], None).notes
    assert said == "'N/A' (2 rows) was read as a class: leave those fields empty if they mean no label"


def test_numbers_stored_as_texts():
    assert read("0.5", "", "3.25") == ("float", [0.5, None, 3.25])
    assert read("0.5", "3.25", wanted="classification")[0] == "text"
    assert read("1.5", "2.0", "1.5", "2.0")[0] == "text"  # versions, say
    assert read("1", "20", wanted="regression") == ("float", [1.0, 20.0])
    assert read("1", "cat", wanted="regression")[0] == "text"


@pytest.mark.parametrize("values", [["1,5", "2,5", "1,0", "2,0"], ["1,000", "1,500", "2,000", "2,500", "1,250"]])
def test_commas_in_numbers_stand_before_decimals_or_thousands(values):
    found = read_label_texts(values, None)
    assert (found.kind, found.values) == ("text", values)
    assert found.notes[0].startswith(f"numbers with commas in them were read as classes ({min(values)!r})")
    assert read("1, 2", "1", "2", "2, 3", "3")[0] == "list"


@pytest.mark.parametrize("mark", [",", "|", " "])
def test_rows_of_zeros_and_ones(mark):
    rows = [[0, 1, 0], [1, 1, 0], [0, 0, 0]]
    texts = [mark.join(map(str, row)) for row in rows]
    assert read(*texts, None) == read(*texts, None, wanted="multilabel") == ("list", [*rows, None])
    assert read(*texts, wanted="classification") == ("text", texts)


def test_where_labels_were_split_is_said():
    found = read_label_texts(["New York", "Rome", " "], "multilabel")
    assert found.values == [["New", "York"], ["Rome"], None]
    assert found.notes == ["labels were split at spaces ('New York' is New and York)"]

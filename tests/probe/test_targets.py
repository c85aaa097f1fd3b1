import numpy as np
import pyarrow as pa
import pytest
from datasets import ClassLabel, List, Value

from hubscore.errors import DatasetError
from hubscore.probe.targets import class_vectors, multi_hot, one_hot, read_labels

ANIMALS = ClassLabel(names=["cat", "dog", "owl"])


def read(values, feature, target=None, type=None):
    return read_labels(pa.chunked_array([pa.array(values, type)]), feature, name="label", target=target)


def test_class_labels_keep_their_names_and_minus_one_is_none():
    found = read([2, 0, -1, None], ANIMALS)
    assert found.target == "classification" and found.classes == ("cat", "dog", "owl")
    assert found.values[:2].tolist() == [2, 0] and found.missing.tolist() == [False, False, True, True]


def test_class_labels_stored_by_name():
    assert read(["owl", "cat"], ANIMALS).values.tolist() == [2, 0]


def test_strings_are_sorted_and_empty_ones_are_none():
    found = read(["dog", "", "cat", None, "dog"], Value("string"))
    assert found.classes == ("cat", "dog") and found.values.tolist() == [1, -1, 0, -1, 1]
    assert found.missing.tolist() == [False, True, False, True, False]


def test_integers_are_sorted_as_numbers():
    found = read([10, 9, 10, None], Value("int64"))
    assert found.classes == ("9", "10") and found.values[:3].tolist() == [1, 0, 1] and found.missing[3]


def test_booleans_are_two_classes():
    assert read([True, False], Value("bool")).classes == ("False", "True")


def test_dictionary_columns_are_read_as_their_values():
    column = pa.chunked_array([pa.array(["b", "a"]).dictionary_encode()])
    assert read_labels(column, Value("string"), name="label").classes == ("a", "b")


def test_floats_are_a_regression():
    found = read([0.5, None, float("nan")], Value("float64"))
    assert found.target == "regression" and found.classes == () and found.missing.tolist() == [False, True, True]
    assert read([3, 4], Value("int32"), "regression").values.tolist() == [3.0, 4.0]


def test_whole_floats_can_be_classes_fractions_cannot():
    assert read([2.0, 1.0, None], Value("float64"), "classification").classes == ("1", "2")
    with pytest.raises(DatasetError, match="its values are fractions\nTry: --target regression"):
        read([0.5], Value("float64"), "classification")


def test_infinity_is_refused():
    with pytest.raises(DatasetError, match="Column 'label' holds infinite values"):
        read([1.0, float("inf")], Value("float64"))


def test_lists_of_classes_are_several_labels():
    found = read([[0, 2], [], None], List(ANIMALS), type=pa.list_(pa.int64()))
    assert found.target == "multilabel" and found.classes == ("cat", "dog", "owl")
    assert found.values.tolist() == [[1, 0, 1], [0, 0, 0], [0, 0, 0]] and found.missing.tolist() == [False, False, True]


def test_lists_of_words_and_of_numbers():
    found = read([["b"], ["a", "b"]], List(Value("string")))
    assert found.classes == ("a", "b") and found.values.tolist() == [[0, 1], [1, 1]]
    assert read([[7], [3, 7]], List(Value("int64"))).classes == ("3", "7")


def test_lists_of_zeros_and_ones_are_vectors_already():
    found = read([[0, 1, 1], [1, 0, 0], None], List(Value("int64")))
    assert found.classes == ("0", "1", "2") and found.values.tolist() == [[0, 1, 1], [1, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize(
    ("values", "feature", "target", "fix"),
    [
        (["a"], Value("string"), "regression", "--target classification"),
        ([[1], [1, 2]], List(Value("int64")), "classification", "--target multilabel"),
        ([1], ANIMALS, "multilabel", "--target classification"),
    ],
)
def test_a_target_that_does_not_fit(values, feature, target, fix):
    with pytest.raises(DatasetError) as error:
        read(values, feature, target)
    assert error.value.what == f"Column 'label' cannot be read as {target}" and error.value.fix == fix


def test_g_for_classes():
    assert one_hot(np.array([1, 0, 2]), 3).tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 1]]
    assert multi_hot([[0, 2], []], 3).tolist() == [[1, 0, 1], [0, 0, 0]]
    assert class_vectors(read([2, 0], ANIMALS)).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert class_vectors(read([[0], [1]], List(ANIMALS))).tolist() == [[1, 0, 0], [0, 1, 0]]


def test_what_was_guessed_is_said():
    found = read([0, 1, 2, -1, None], Value("int64"))
    assert found.classes == ("0", "1", "2") and found.missing.tolist() == [False, False, False, True, True]
    assert found.kind == "3 integers" and "-1 was read as no label (1 row)" in found.notes[0]
    floats = read([0.0, 1.0, 2.0, float("nan")] * 2, Value("float64"))
    assert (floats.target, floats.classes, floats.kind) == ("classification", ("0", "1", "2"), "3 whole floats")
    assert "--target regression" in floats.notes[0]
    hot = read([[1, 0, 0], [0, 0, 1], None], List(Value("int64")))
    assert (
        hot.target == "classification" and hot.values.tolist() == [0, 2, -1] and "--target multilabel" in hot.notes[0]
    )
    assert read([[1.0, 0.0], [0.0, 1.0]], List(Value("float32"))).target == "classification"
    assert read([["cat"], ["owl"]], List(Value("string"))).classes == ("cat", "owl")


def test_the_target_overrides_every_guess():
    assert read([0, 1, 2, -1], Value("int64"), "classification").classes == ("-1", "0", "1", "2")
    assert read([0.0, 1.0] * 2, Value("float64"), "regression").target == "regression"
    assert read([[1, 0], [0, 1]], List(Value("int64")), "multilabel").target == "multilabel"
    assert read([[1, 0], [0, 1]], List(Value("int64")), "classification").values.tolist() == [0, 1]


def test_lists_of_other_numbers_are_not_labels():
    with pytest.raises(DatasetError, match="numbers other than 0 and 1"):
        read([[0.2, 0.8], [0.5, 0.5]], List(Value("float32")))


def test_a_minus_one_among_positive_numbers_is_pointed_out():
    assert read([0.5, 2.5, -1.0], Value("float64")).notes == (
        "1 label is -1 and no other is negative: remove them if they mean none",
    )
    assert read([0.5, -2.5, -1.0], Value("float64")).notes == ()


def test_numbers_in_texts_with_a_gap():
    found = read(["0", "1", "NaN", "1", "0"], Value("string"))
    assert found.classes == ("0", "1") and found.missing.tolist() == [False, False, True, False, False]


def test_more_numbers_than_names_are_classes_without_names():
    found = read([0, 3, 1, -1], ANIMALS)
    assert found.classes == ("0", "1", "3") and found.missing.tolist() == [False, False, False, True]
    assert found.notes[0].startswith("the data set names 3 classes, and the column holds numbers up to 3")


def test_labels_with_a_mark_between_them_are_several():
    found = read(["cat|dog", "dog", "owl|cat", "owl"], Value("string"))
    assert found.target == "multilabel" and found.classes == ("cat", "dog", "owl") and found.notes
    assert found.values.tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 1], [0, 0, 1]]

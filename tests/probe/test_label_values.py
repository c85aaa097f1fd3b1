import numpy as np
import pytest

from hubscore.probe.label_values import marks_doubted, numbers_doubted, numbers_in_text, whole_classes, without_marks


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ([0, 1, -1, 2], [0, 1, None, 2]),
        ([0.0, 1.0, -1.0], [0.0, 1.0, None]),
        (["cat", "dog", "-1"], ["cat", "dog", None]),
        (["cat", "NaN", "", "dog"], ["cat", None, None, "dog"]),
        ([float("nan"), 1.0], [None, 1.0]),
        ([-1, 1], [-1, 1]),
        ([-2, -1, 0, 1], [-2, -1, 0, 1]),
    ],
)
def test_what_is_no_label(values, kept):
    assert without_marks(values)[0] == kept


def test_minus_one_is_said_either_way():
    assert "makes it the third class" in without_marks([0, 1, -1, -1])[1][0]
    assert without_marks([0, 2, -1, -1])[1] == [
        "-1 was read as no label (2 rows); --target classification makes it a class"
    ]
    assert "fewer than two classes" in without_marks([-1, 1])[1][0]
    assert "negative too" in without_marks([-2, -1, 0, 1])[1][0]
    assert without_marks([0, 1])[1] == []


def test_whole_floats_are_classes_where_they_are_few():
    assert whole_classes([0.0, 1.0, 2.0, None] * 4)
    assert whole_classes(np.arange(50.0).tolist() * 10)  # they count up without a gap, with ten rows each
    assert not whole_classes([0.5, 1.0] * 4) and not whole_classes(np.arange(30.0).tolist())
    assert not whole_classes((np.arange(50.0) * 2).tolist() * 10) and not whole_classes([None])
    assert not whole_classes([1.0, float("inf")] * 4)


def test_numbers_that_a_gap_made_texts():
    assert numbers_in_text(["0", "1", "nan"]) == [0.0, 1.0, None]
    assert numbers_in_text(["0", "1"]) is None and numbers_in_text(["cat", "nan"]) is None


def test_many_whole_numbers_may_be_measured():
    assert "30 whole numbers from 18 to 47" in numbers_doubted([18 + number % 30 for number in range(90)])[0]
    assert numbers_doubted([0, 1, 2] * 9) == numbers_doubted(list(range(100)) * 10) == []


def test_numbers_far_from_all_others_may_mean_none():
    assert marks_doubted([0, 5, -99]) and not marks_doubted([998, 999, 1000]) and not marks_doubted([])

import numpy as np
import pyarrow as pa
import pytest
from datasets import Features

from hubscore.errors import DatasetError
from hubscore.modalities.image.modality import IMAGE
from hubscore.probe.one_hot_columns import one_hot_columns, read_columns


class Shelf:
    """Rows with columns in memory."""

    def __init__(self, **columns):
        self.table = pa.table(columns)
        self.features = Features.from_arrow_schema(self.table.schema)
        self.numbers = np.arange(len(self.table))

    def column(self, name):
        return self.table[name]


HOT = {"cat": [1, 0, 0, 1], "dog": [0, 1, 0, 0], "owl": [0, 0, 1, 0]}


def test_a_one_in_exactly_one_column_makes_classes():
    shelf = Shelf(image_id=[1, 2, 3, 4], width=[9, 9, 8, 8], **HOT)
    assert one_hot_columns(shelf, IMAGE) == ("cat", "dog", "owl")
    found = read_columns(shelf, ("cat", "dog", "owl"), None)
    assert found.classes == ("cat", "dog", "owl") and found.values.tolist() == [0, 1, 2, 0]
    assert found.target == "classification" and "one-hot" in found.notes[0]


@pytest.mark.parametrize("kind", [float, bool])
def test_floats_and_truth_values_are_ones_too(kind):
    shelf = Shelf(**{name: [kind(value) for value in values] for name, values in HOT.items()})
    assert one_hot_columns(shelf, IMAGE) == ("cat", "dog", "owl")


def test_flags_beside_them_do_not_hide_them():
    assert one_hot_columns(Shelf(is_train=[1, 1, 0, 1], **HOT), IMAGE) == ("cat", "dog", "owl")
    spelled = {f"species_{name}": values for name, values in HOT.items()}
    shelf = Shelf(blurred=[1, 0, 0, 1], **spelled)
    assert one_hot_columns(shelf, IMAGE) == tuple(spelled)
    assert read_columns(shelf, tuple(spelled), None).classes == ("cat", "dog", "owl")


def test_columns_that_are_no_classes():
    assert one_hot_columns(Shelf(cat=[1, 0, 1], dog=[1, 1, 0]), IMAGE) == ()
    assert one_hot_columns(Shelf(cat=[1, 1], dog=[0, 0]), IMAGE) == ()
    assert one_hot_columns(Shelf(cat=[1, 2], dog=[0, 0]), IMAGE) == ()


def test_rows_with_gaps_have_no_label():
    found = read_columns(Shelf(cat=[1, 0, None], dog=[0, 1, None]), ("cat", "dog"), None)
    assert found.missing.tolist() == [False, False, True] and found.values[:2].tolist() == [0, 1]


def test_several_ones_are_several_labels():
    shelf = Shelf(cat=[1, 0, 1], dog=[1, 1, 0])
    assert read_columns(shelf, ("cat", "dog"), None).target == "multilabel"
    assert read_columns(Shelf(**HOT), tuple(HOT), "multilabel").values.tolist()[0] == [1, 0, 0]
    with pytest.raises(DatasetError, match="cannot be read as classification"):
        read_columns(shelf, ("cat", "dog"), "classification")
    with pytest.raises(DatasetError, match="width: not only 0 and 1"):
        read_columns(Shelf(cat=[1, 0], width=[5, 6]), ("cat", "width"), None)


def test_minus_one_beside_one_is_no():
    shelf = Shelf(smiling=[1, -1, 1, -1], young=[1, 1, -1, 1])
    found = read_columns(shelf, ("smiling", "young"), None)
    assert found.values.tolist() == [[1, 1], [0, 1], [1, 0], [0, 1]] and found.notes == ("-1 in them was read as 0",)

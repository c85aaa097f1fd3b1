import numpy as np
import pyarrow as pa
import pytest
from datasets import ClassLabel, Features, Image, Value

from hubscore.errors import DatasetError, ErrorCode, UsageError
from hubscore.modalities.image.modality import IMAGE
from hubscore.probe.label_reading import find_labels, label_source


class Shelf:
    """Rows whose images nobody looks at."""

    hint, label_origin, advice = "", "", ""

    def __init__(self, features=None, **columns):
        self.table = pa.table({"image": [b""] * 6, **columns})
        self.features = Features.from_arrow_schema(self.table.schema) | {"image": Image(), **(features or {})}
        self.numbers = np.arange(6)

    def column(self, name):
        return self.table[name]


SPECIES = ["cat", "dog", "owl"] * 2


def find(shelf, **options):
    choice, labels = find_labels(shelf, "image", IMAGE, **options)
    return choice.name, labels, label_source(choice, labels, shelf)


def test_how_it_was_decided_is_said():
    name, labels, source = find(Shelf(species=SPECIES, width=[1, 2, 3] * 2))
    assert (name, labels.classes) == ("species", ("cat", "dog", "owl"))
    assert source == "a column of 3 strings, the only one named like a label"
    assert find(Shelf(width=[1, 2, 3] * 2), name="width")[2] == "a column of 3 integers, as asked for"
    pair = ClassLabel(names=["a", "b"])
    assert (
        find(Shelf({"subject": pair}, subject=[0, 1] * 3))[2] == "a column of 2 classes, the only one of class labels"
    )


@pytest.mark.parametrize("column", ["license", "camera", "prompt", "photographer", "is_labeled"])
def test_what_is_only_left_over_is_refused(column):
    with pytest.raises(UsageError) as error:
        find(Shelf(**{column: ["a", "b"] * 3}))
    assert error.value.code == ErrorCode.LABEL_UNSURE
    assert error.value.fix == f"--label-column {column}, if it is the label; or rank --unlabeled"
    assert error.value.details["columns"] == {column: 2} and error.value.details["candidates"] == [column]
    assert f"{column} (string, 2 values)" in error.value.why


def test_several_columns_are_listed_with_their_values():
    with pytest.raises(UsageError) as error:
        find(Shelf(place=["a", "b", "c"] * 2, person=["x", "y"] * 3, image_id=range(6)))
    assert error.value.code == ErrorCode.LABEL_AMBIGUOUS
    assert error.value.fix == "--label-column place, or --label-column person"
    assert error.value.details["columns"] == {"place": 3, "person": 2, "image_id": 6}


def test_nothing_is_left():
    with pytest.raises(DatasetError) as error:
        find(Shelf(image_id=range(6)))
    assert error.value.code == ErrorCode.NO_LABEL and "image_id (int64, 6 values)" in error.value.why
    with pytest.raises(DatasetError, match="no labels for target 'regression'"):
        find(Shelf(place=SPECIES), target="regression")
    with pytest.raises(DatasetError, match="Column 'label' cannot be read as regression"):
        find(Shelf(label=SPECIES), target="regression")


def test_a_text_of_its_own_in_each_row_is_hardly_the_label():
    with pytest.raises(UsageError) as error:
        find(Shelf(answer=list("abcdef")))
    assert error.value.fix == "rank --unlabeled; or --label-column answer, if it is the label"


def test_what_may_be_classes_is_advised_first_as_it_is_typed():
    with pytest.raises(UsageError) as error:
        find(Shelf(qid=range(6), source=["x"] * 6, **{"my place": ["a", "b"] * 3, "who": ["c", "d", "d"] * 2}))
    assert error.value.fix == "--label-column 'my place', or --label-column who"
    assert error.value.details["candidates"][:2] == ["my place", "who"]
    with pytest.raises(UsageError) as error:
        find(Shelf(rude=[1, 0, 1] * 2, loud=[1, 1, 0] * 2, place=["a", "b"] * 3))
    assert error.value.fix.startswith("--label-column rude,loud, which reads several labels a row; or ")


def test_numbers_and_names_of_the_same_classes():
    name, _, source = find(Shelf(class_id=[2, 0, 1] * 2, class_name=SPECIES))
    assert name == "class_name" and source.endswith("named like a label, and class_id says the same")
    with pytest.raises(UsageError, match="class_id, class_name"):
        find(Shelf(class_id=[0, 1] * 3, class_name=SPECIES))


def test_one_hot_columns_are_classes():
    hot = {name: [int(name == one) for one in SPECIES] for name in ("cat", "dog", "owl")}
    name, labels, source = find(Shelf(**hot))
    assert name == "cat,dog,owl" and labels.classes == ("cat", "dog", "owl")
    assert source == "3 columns of 0 and 1, with a 1 in exactly one of them in every row"
    assert find(Shelf(**hot), name="cat,dog,owl")[1].values.tolist() == [0, 1, 2] * 2
    assert find(Shelf(**hot), target="multilabel")[1].target == "multilabel"


def test_labels_from_folders():
    shelf = Shelf({"label": ClassLabel(names=["a", "b"])}, label=[0, 1] * 3)
    shelf.label_origin = "the names of the class folders"
    assert find(shelf)[2] == "the names of the class folders, 2 classes"


def test_a_text_column_keeps_its_words():
    shelf = Shelf({"species": Value("string")}, species=["10", "9", "10"] * 2)
    assert find(shelf)[1].classes == ("10", "9")

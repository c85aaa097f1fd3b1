import numpy as np
import pyarrow as pa
import pytest
from datasets import ClassLabel, Features, Image, List, Value
from PIL import Image as Pillow
from probe.pictures import encoded, png, stored

from hubscore.errors import DatasetError
from hubscore.modalities.encoded import Encoded
from hubscore.modalities.image.modality import IMAGE
from hubscore.probe.decoding import DecodedRows
from hubscore.probe.labels import probe_labels
from hubscore.probe.targets import Labels


class Shelf:
    """Rows with whatever columns a test needs."""

    def __init__(self, features=None, column=None, masks=(), population=9):
        self.population, self.numbers = population, np.arange(2)
        self.features, self._column, self._masks, self.notes = Features(features or {}), column, masks, []

    def column(self, name):
        return pa.chunked_array([self._column])

    def items(self, name, places, modality):
        return [Encoded(self._masks[place]) for place in places]


def drawn(*places):
    return DecodedRows(list(places), [0] * len(places), stored([png(place) for place in places]), [])


def of_probe(*rows, **options):
    return probe_labels(*rows, modality=IMAGE, **options)


def labels(target, values, classes=()):
    return Labels(target, np.array(values), classes, np.zeros(len(values), bool))


def test_only_classes_that_occur_are_numbered():
    found = of_probe(Shelf(), drawn(3, 0, 1), "label", labels("classification", [2, 5, 0, 5], tuple("abcdef")))
    assert found.values.tolist() == [1, 0, 1] and found.classes == ("c", "f") and found.target == "classification"
    assert found.values.dtype == np.int64


def test_classes_as_vectors_on_request():
    found = of_probe(Shelf(), drawn(0, 1), "label", labels("classification", [1, 0], ("a", "b")), as_vectors=True)
    assert found.target == "annotation" and found.values.tolist() == [[0, 1], [1, 0]]


def test_labels_that_are_too_rare_are_left_out():
    shelf = Shelf()
    found = of_probe(
        shelf, drawn(0, 1, 2), "tags", labels("multilabel", [[1, 0, 1], [1, 1, 0], [0, 0, 1]], ("a", "b", "c"))
    )
    assert found.classes == ("a", "c") and found.values.tolist() == [[1, 1], [1, 0], [0, 1]]
    assert shelf.notes == ["1 label was left out: fewer than 2 drawn rows have it"]
    with pytest.raises(DatasetError, match=r"No label occurs twice[^T]*Try: --samples \d+0, .* or --label-column NAME"):
        of_probe(Shelf(), drawn(0, 1), "tags", labels("multilabel", [[1, 0], [0, 1]], ("a", "b")))
    with pytest.raises(DatasetError, match=r"2 rows, which are all\nTry: --label-column NAME"):
        of_probe(Shelf(population=2), drawn(0, 1), "tags", labels("multilabel", [[1, 0], [0, 1]], ("a", "b")))


def test_numbers():
    found = of_probe(Shelf(), drawn(1, 2), "age", labels("regression", [1.0, 2.0, 3.5]))
    assert found.values.tolist() == [2.0, 3.5] and found.classes == () and found.target == "regression"
    with pytest.raises(DatasetError, match=r"All drawn labels of column 'age' are 2[^T]*Try: --label-column NAME"):
        of_probe(Shelf(), drawn(0, 1), "age", labels("regression", [2.0, 2.0]))


def test_no_labels():
    found = of_probe(Shelf(), drawn(0), None, None)
    assert (found.values, found.classes, found.target) == (None, (), None)


def test_boxes_of_the_drawn_rows():
    feature = {"bbox": List(List(Value("float32"))), "category": List(ClassLabel(names=["cat", "dog"]))}
    column = pa.array([{"bbox": [], "category": []}, {"bbox": [[0, 0, 4, 6]], "category": [1]}])
    found = of_probe(Shelf({"objects": feature}, column), drawn(1, 0), "objects", labels("annotation", [0, 0]))
    assert found.values.tolist() == [[0, 0.5], [0, 0]] and found.classes == ("cat", "dog")  # pictures of 8 x 6


def test_masks_of_the_drawn_rows():
    masks = [encoded(Pillow.new("L", (2, 2), value)) for value in (0, 4, 9)]
    found = of_probe(Shelf({"mask": Image()}, masks=masks), drawn(2, 1), "mask", labels("annotation", [0, 0, 0]))
    assert found.values.tolist() == [[0, 1], [1, 0]] and found.classes == ("4", "9") and found.target == "annotation"
    empty = [encoded(Pillow.new("L", (2, 2), 255))]
    with pytest.raises(DatasetError, match="Column 'mask' annotates nothing"):
        of_probe(Shelf({"mask": Image()}, masks=empty), drawn(0), "mask", labels("annotation", [0]))

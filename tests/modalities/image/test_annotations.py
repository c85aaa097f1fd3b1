import numpy as np
import pyarrow as pa
import pytest
from datasets import ClassLabel, List, Value
from PIL import Image
from probe.pictures import encoded, noise

from hubscore.errors import DatasetError
from hubscore.modalities.encoded import Encoded
from hubscore.modalities.image.annotations import box_fields, boxes_to_vectors, masks_to_vectors

ANIMALS = ClassLabel(names=["cat", "dog"])
BOXES = List(List(Value("float32")))


def test_detection_annotations_in_both_layouts():
    inside, outside = {"bbox": BOXES, "category": List(ANIMALS)}, List({"bbox": BOXES.feature, "category": ANIMALS})
    assert box_fields(inside) == box_fields(outside) == ("bbox", "category")
    assert box_fields({"bbox": BOXES.feature}) is None


def test_boxes_as_a_struct_of_lists():
    column = pa.array([{"bbox": [[0, 0, 5, 10], [5, 0, 5, 5]], "category": [1, 0]}, {"bbox": [], "category": []}])
    vectors, classes = boxes_to_vectors(
        column.to_pylist(), {"bbox": BOXES, "category": List(ANIMALS)}, [(10, 10), (4, 4)]
    )
    assert classes == ("cat", "dog") and vectors.tolist() == [[0.25, 0.5], [0, 0]]


def test_boxes_as_a_list_of_structs_with_plain_classes():
    column = pa.array([[{"bbox": [0, 0, 2, 2], "label": "owl"}], [{"bbox": [0, 0, 4, 4], "label": "ant"}]])
    vectors, classes = boxes_to_vectors(
        column.to_pylist(), List({"bbox": List(Value("int64")), "label": Value("string")}), [(4, 4), (4, 4)]
    )
    assert classes == ("ant", "owl") and vectors.tolist() == [[0, 0.25], [1, 0]]


def mask(values, form="PNG", mode="L"):
    picture = Image.fromarray(np.array(values, dtype=np.uint8))
    return Encoded(encoded(picture.convert(mode) if mode != "L" else picture, form), "m.png")


def test_masks_with_numbers_in_them():
    vectors, classes = masks_to_vectors([mask([[0, 0], [3, 255]]), mask([[3, 3], [3, 3]])])
    assert classes == ("0", "3") and vectors.tolist() == [pytest.approx([2 / 3, 1 / 3]), [0, 1]]


def test_grey_masks_saved_in_colour_and_palettes_keep_their_numbers():
    assert masks_to_vectors([mask([[0, 7]], mode="RGB")])[1] == ("0", "7")
    picture = Image.fromarray(np.array([[2, 5]], dtype=np.uint8), "L")
    picture.putpalette(list(range(256)) * 3)
    assert masks_to_vectors([Encoded(encoded(picture))])[1] == ("2", "5")


@pytest.mark.parametrize(
    ("masks", "words"),
    [
        ([Encoded(encoded(noise(0)))], "The masks are coloured"),
        ([Encoded(b"", "m.png", "file not found")], "Mask m.png cannot be read: file not found"),
        ([Encoded(b"junk", "m.png")], "Mask m.png cannot be read"),
    ],
)
def test_masks_that_cannot_be_used(masks, words):
    with pytest.raises(DatasetError, match=words):
        masks_to_vectors(masks)

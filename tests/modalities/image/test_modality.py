import pytest
import torch
from datasets import ClassLabel, Image, List, Value
from probe.pictures import noise, png

from hubscore.modalities.image.modality import IMAGE


@pytest.mark.parametrize(
    ("feature", "claimed"),
    [
        (Image(), True),
        (Value("binary"), True),
        (Value("large_binary"), True),
        ({"bytes": Value("binary"), "path": Value("string")}, True),
        (Value("string"), False),
        (List(Value("float32")), False),
        (ClassLabel(names=["a"]), False),
        ({"bbox": List(Value("float32"))}, False),
    ],
)
def test_columns_of_images_are_told_by_their_type(feature, claimed):
    assert IMAGE.is_input(feature) is claimed


def test_boxes_and_masks_annotate():
    assert IMAGE.is_annotation({"bbox": List(List(Value("float32"))), "category": List(Value("int64"))})
    assert IMAGE.is_annotation(Image()) and not IMAGE.is_annotation(Value("string"))


def test_endings_are_those_that_datasets_reads_as_images_and_one_newer_kind():
    from datasets.packaged_modules.imagefolder.imagefolder import ImageFolder

    pictures = set(ImageFolder.EXTENSIONS) - {".mpg", ".mpeg"}  # no films
    assert set(IMAGE.file_endings) == pictures | {".avif", ".avifs"}


def test_cards_name_the_task_of_the_labels():
    assert IMAGE.task_of("classification") == IMAGE.task_of("multilabel") == "image-classification"
    assert IMAGE.task_of("regression") == IMAGE.task_of(None) == "image-feature-extraction"


def test_what_is_no_picture_says_so():
    assert IMAGE.decode(png(0)).mode == "RGB" and IMAGE.item_bytes(noise(0)) == 8 * 6 * 4
    with pytest.raises(OSError, match="not an image, or of a kind that Pillow does not know"):
        IMAGE.decode(b"GIF89a")


def test_batches_are_those_of_images():
    spec = {"channels": 3, "input_size": [4, 6]}
    assert IMAGE.example(spec)["pixel_values"].shape == (1, 3, 4, 6)
    tall, wide = torch.zeros(3, 4, 2), torch.ones(3, 2, 4)
    batches = [(batch["pixel_values"].shape, places) for batch, places in IMAGE.collate([tall, wide, tall])]
    assert batches == [((2, 3, 4, 2), [0, 2]), ((1, 3, 2, 4), [1])]

"""What a processor's settings say about where its output lies, and whether that is true."""

import numpy as np
import pytest
import torch
import transformers as tf
from PIL import Image

from hubscore.modalities.image.geometry import UNKNOWN, geometry, interpolation


def seen(processor):
    return geometry(lambda image: processor(images=image, return_tensors="pt")["pixel_values"][0], processor.to_dict())


SQUARE = {"height": 32, "width": 32}
CENTER = {"mode": "center", "size": [32, 32], "rounding": "down"}


@pytest.mark.parametrize(
    ("processor", "resize", "crop"),
    [
        (tf.ViTImageProcessor(size=SQUARE), {"mode": "exact", "size": [32, 32]}, {"mode": "none"}),
        (
            tf.MobileNetV1ImageProcessor(size={"shortest_edge": 37}, crop_size=SQUARE),
            {"mode": "shortest_edge", "size": 37},
            CENTER,
        ),
        (
            tf.CLIPImageProcessor(size={"shortest_edge": 30}, crop_size=SQUARE),
            {"mode": "shortest_edge", "size": 30},
            CENTER,
        ),
        (tf.ConvNextImageProcessor(size={"shortest_edge": 32}), {"mode": "shortest_edge", "size": 36}, CENTER),
        (
            tf.ConvNextImageProcessor(size={"shortest_edge": 400}),
            {"mode": "exact", "size": [400, 400]},
            {"mode": "none"},
        ),
        (
            tf.LevitImageProcessor(size={"shortest_edge": 32}, crop_size=SQUARE),
            {"mode": "shortest_edge", "size": 36},
            CENTER,
        ),
        (
            tf.EfficientNetImageProcessor(size=SQUARE, do_center_crop=False),
            {"mode": "exact", "size": [32, 32]},
            {"mode": "none"},
        ),
        (tf.ViTImageProcessor(do_resize=False), {"mode": "none"}, {"mode": "none"}),
    ],
)
def test_true_readings(processor, resize, crop):
    assert seen(processor) == {"resize": resize, "crop": crop}


@pytest.mark.parametrize(
    "processor",
    [
        tf.DPTImageProcessor(size=SQUARE, keep_aspect_ratio=True, ensure_multiple_of=8),
        tf.DetrImageProcessor(size={"shortest_edge": 40, "longest_edge": 64}),
    ],
)
def test_what_only_the_processor_knows(processor):
    assert seen(processor) == UNKNOWN


def test_a_processor_that_crops_elsewhere_is_not_believed():
    class Corner(tf.MobileNetV1ImageProcessor):
        def center_crop(self, image, size, **options):
            return image[..., : size.height, : size.width]

    assert seen(Corner(size={"shortest_edge": 64}, crop_size=SQUARE)) == UNKNOWN


def test_half_a_pixel_is_noticed():
    class Rounded(tf.MobileNetV1ImageProcessor):
        def center_crop(self, image, size, **options):
            top, left = (-(-(image.shape[at] - side) // 2) for at, side in ((-2, size.height), (-1, size.width)))
            return image[..., top : top + size.height, left : left + size.width]

    assert seen(Rounded(size={"shortest_edge": 37}, crop_size=SQUARE)) == UNKNOWN  # an offset of 2.5, rounded up


def test_a_map_of_the_crop_goes_back_to_where_it_came_from():
    """The spec is enough to find, in the image, the bright spot that the network sees."""
    processor = tf.MobileNetV1ImageProcessor(size={"shortest_edge": 64}, crop_size={"height": 48, "width": 48})
    found = seen(processor)
    pixels = np.zeros((100, 200, 3), dtype=np.uint8)
    pixels[70:74, 90:94] = 255
    crop = processor(images=Image.fromarray(pixels), return_tensors="pt")["pixel_values"][0, 0]
    row, column = np.unravel_index(int(torch.argmax(crop)), crop.shape)
    scale = found["resize"]["size"] / 100
    offsets = [(side * scale - cut) // 2 for side, cut in zip((100, 200), found["crop"]["size"], strict=True)]
    back = [(at + 0.5 + offset) / scale for at, offset in zip((row, column), offsets, strict=True)]
    assert back == pytest.approx([72, 92], abs=1.5)


def test_names_of_filters():
    assert [interpolation(resample) for resample in (0, 2, Image.Resampling.BICUBIC, "nearest-exact", None)] == [
        "nearest",
        "bilinear",
        "bicubic",
        "nearest-exact",
        "None",
    ]

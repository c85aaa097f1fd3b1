"""Where a network's input comes from: against each transform itself, and the weights that take maps back."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from models.checkpoints import candidate, save_timm, save_transformers
from PIL import Image
from torchvision.transforms.v2.functional import resize

from hubscore.modalities.image.inverse import Axis, Placement, axis_weights, placement
from hubscore.models.load import load_network

TRANSFORMERS = ["vit", "convnext", "mobilenet_v2", "swin", "dinov2", "clip"]
SIZES = [(60, 40), (40, 60), (33, 91), (50, 50), (20, 24)]


def ramp(height: int, width: int, axis: int) -> Image.Image:
    """Brightness tells the place along one axis, 0 to 1 over the image."""
    places = (np.arange((height, width)[axis]) + 0.5) / (height, width)[axis]
    plane = np.broadcast_to(places[:, None] if axis == 0 else places[None], (height, width))
    return Image.fromarray(np.round(plane * 255).astype(np.uint8)).convert("RGB")


def check(network) -> int:
    """Compare where the placement says that each pixel comes from with what the transform made of a ramp."""
    compared = 0
    mean, std = (np.array(network.spec[name] or [default])[0] for name, default in (("mean", 0.0), ("std", 1.0)))
    for height, width in SIZES:
        for axis in (0, 1):
            seen = network.transform(ramp(height, width, axis))
            where = placement(network.spec, (height, width), tuple(seen.shape[1:]))
            assert where.known
            one = (where.vertical, where.horizontal)[axis]
            places = (np.arange(one.length) + 0.5 + one.offset) / one.resized
            told = (seen[0].numpy() * std + mean).mean(axis=1 - axis) if one.offset >= 0 else None
            if told is None or any(other.offset < 0 for other in (where.vertical, where.horizontal)):
                continue  # padding mixes into the mean over the other axis
            inner = slice(2, -2)  # filters reflect at the borders
            assert np.abs(told - places)[inner].max() < 0.75 / one.resized + 1.5 / 255, (height, width, axis)
            compared += 1
    return compared


TIMM = [
    {"crop_pct": 0.9},
    {"crop_pct": 1.0},
    {"crop_mode": "squash", "crop_pct": 0.8},
    {"crop_mode": "border", "crop_pct": 0.9},
    {"input_size": [3, 32, 48], "crop_pct": 0.9},
]


@pytest.mark.parametrize("options", TIMM, ids=str)
def test_timms_transforms(tmp_path, options):
    save_timm(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    config["pretrained_cfg"] |= options
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert check(load_network(candidate(tmp_path, "timm"), tmp_path)) >= 2


@pytest.mark.parametrize("kind", TRANSFORMERS)
def test_transformers_processors(tmp_path, kind):
    save_transformers(tmp_path, kind)
    assert check(load_network(candidate(tmp_path, "transformers"), tmp_path)) >= 4


def test_an_unknown_processor_is_assumed_to_show_the_whole_image():
    spec = {"resize": {"mode": "processor"}, "crop": {"mode": "processor"}}
    assert placement(spec, (60, 40), (32, 48)) == Placement(Axis(32, 0, 32), Axis(48, 0, 48), known=False)


def test_a_crop_that_is_not_what_was_seen_is_not_believed():
    assert not placement(
        {"resize": {"mode": "exact", "size": [40, 40]}, "crop": {"mode": "none"}}, (60, 40), (32, 32)
    ).known
    center = {"mode": "center", "size": [24, 24], "rounding": "down"}
    assert not placement({"resize": {"mode": "exact", "size": [40, 40]}, "crop": center}, (60, 40), (32, 32)).known


def test_a_grid_of_the_images_own_size_without_a_transform_changes_nothing():
    weights, seen = axis_weights(Axis(7, 0, 7), 7, 7)
    assert np.array_equal(weights, np.eye(7)) and seen.all()


def test_an_enlarged_image_is_averaged_back():
    weights, _ = axis_weights(Axis(8, 0, 8), 4, 2)
    assert np.allclose(weights, np.kron(np.eye(2), np.full((1, 4), 0.25)))


def test_a_shrunken_image_is_interpolated_back():
    weights, _ = axis_weights(Axis(2, 0, 2), 4, 4)
    assert np.allclose(weights, [[1, 0], [0.75, 0.25], [0.25, 0.75], [0, 1]])


@pytest.mark.parametrize(
    ("axis", "pixels", "cells", "unseen"),
    [
        (Axis(40, 10, 20), 40, 40, 10),
        (Axis(40, 10, 20), 20, 20, 5),
        (Axis(40, 10, 20), 80, 80, 20),
        (Axis(40, 10, 20), 80, 8, 2),
        (Axis(40, 10, 20), 41, 4, 1),
        (Axis(256, 16, 224), 100, 32, 2),
        (Axis(30, 0, 30), 64, 64, 0),
        (Axis(20, -6, 32), 50, 50, 0),
    ],
)
def test_what_was_cut_away_is_unseen_and_nothing_else(axis, pixels, cells, unseen):
    weights, seen = axis_weights(axis, pixels, cells)
    assert np.array_equal(seen, [unseen <= cell < cells - unseen for cell in range(cells)])
    assert np.allclose(weights.sum(axis=1), seen) and (weights >= -1e-12).all()
    edges = np.linspace(0, axis.resized, cells + 1)
    untouched = (edges[1:] <= axis.offset + 1e-9) | (edges[:-1] >= axis.offset + axis.length - 1e-9)
    assert np.array_equal(~seen, untouched)


def test_padding_takes_no_part():
    weights, seen = axis_weights(Axis(20, -6, 32), 50, 25)
    assert seen.all() and not weights[:, :6].any() and not weights[:, 26:].any()


def test_a_cell_that_was_seen_in_part_takes_the_mean_of_that_part():
    weights, seen = axis_weights(Axis(8, 3, 5), 8, 2)
    assert seen.all() and np.allclose(weights, [[1, 0, 0, 0, 0], [0, 0.25, 0.25, 0.25, 0.25]])


def test_there_and_back_is_the_same_place():
    """A spot in the image, resized by torchvision and taken back, lies where it was."""
    for height, big in ((48, 96), (96, 48), (50, 73)):
        image = torch.zeros(1, height, height)
        image[0, height // 4 : height // 4 + 4, height // 2 : height // 2 + 4] = 1
        seen = resize(image, [big, big], antialias=True)[0].numpy()
        weights, _ = axis_weights(Axis(big, 0, big), height, height)
        back = weights @ seen @ weights.T
        for axis, middle in ((0, height // 4 + 2), (1, height // 2 + 2)):
            profile = back.sum(axis=1 - axis)
            assert abs(float((profile * (np.arange(height) + 0.5)).sum() / profile.sum()) - middle) < 0.1

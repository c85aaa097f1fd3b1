"""Whole images: nothing is cut off, and colours are the checkpoint's own."""

import numpy as np
import pytest
import torch
from models.checkpoints import candidate, photos, save_timm, save_transformers
from PIL import Image

from hubscore.modalities.image.whole import WholeImage, whole_spec
from hubscore.models.load import load_network


def marked():
    """A wide grey picture with a white left edge, which every crop of the middle cuts off."""
    pixels = np.full((40, 120, 3), 90, dtype=np.uint8)
    pixels[:, :12] = 255
    return Image.fromarray(pixels)


@pytest.mark.parametrize(("kind", "library"), [("test_resnet", "timm"), ("convnext", "transformers")])
def test_the_edge_is_there_and_a_picture_of_its_size_is_only_standardised(tmp_path, kind, library):
    (save_timm if library == "timm" else save_transformers)(tmp_path, kind)
    own = load_network(candidate(tmp_path, library), tmp_path)
    whole = own.with_transform("whole")
    assert whole.module is own.module and whole.spec != own.spec and own.with_transform("own") is own
    edge = [float(net.transform(marked())[0, :, 0].mean()) for net in (own, whole)]
    white = (1 - own.spec["mean"][0]) / own.spec["std"][0]
    assert edge[1] == pytest.approx(white, abs=0.05) and edge[0] < white - 0.5
    square = photos(3)[2].resize((32, 32))
    by_hand = (np.asarray(square) / 255 - own.spec["mean"]) / own.spec["std"]
    np.testing.assert_allclose(whole.transform(square).permute(1, 2, 0), by_hand, atol=1e-5)
    assert whole.transform_all(photos(4)).shape == (4, 3, 32, 32)


def test_a_transform_that_cuts_nothing_off_stays(tmp_path):
    save_transformers(tmp_path, "vit")
    own = load_network(candidate(tmp_path, "transformers"), tmp_path)
    assert own.with_transform("whole") is own


def test_values_alone_will_do_and_other_loaders_keep_theirs():
    spec = {
        "library": "transformers",
        "channels": 3,
        "input_size": [4, 6],
        "interpolation": "bicubic",
        "rescale": None,
        "mean": None,
        "std": None,
    }
    made = WholeImage(object(), spec)([Image.new("RGB", (9, 9), (1, 2, 3))])
    torch.testing.assert_close(made[0, :, 0, 0], torch.tensor([1.0, 2.0, 3.0]))
    assert made.shape == (1, 3, 4, 6)
    mine = {"library": "mine", "input_size": [4, 4]}
    assert whole_spec(mine) is mine

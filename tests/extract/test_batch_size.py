"""The first batch size."""

import psutil
import pytest
import torch

from hubscore.extract.batch_size import initial_batch_size
from hubscore.modalities.image.batches import BYTES_KEPT_PER_PIXEL, BYTES_PER_PIXEL
from hubscore.models.network import Network


def size(side, images=500, device="cpu", **options):
    network = Network(
        "org/net", torch.nn.Identity(), None, {"channels": 3, "input_size": [side, side]}, None, False, "-"
    )
    return initial_batch_size(network, device, images, **options)


@pytest.mark.parametrize(("side", "expected"), [(32, 128), (112, 128), (224, 32), (384, 8), (1024, 1), (4096, 1)])
def test_a_power_of_two_that_shrinks_with_the_image(side, expected):
    assert size(side) == expected


def test_never_more_than_there_are_images():
    assert size(32, images=5) == 5


def test_little_memory_makes_smaller_batches(monkeypatch):
    scarce = psutil.virtual_memory()._replace(available=1_000_000_000)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: scarce)
    assert size(224) == 8 and 8 * 224 * 224 * BYTES_PER_PIXEL < 500_000_000


def test_a_backward_pass_takes_smaller_batches(monkeypatch):
    assert [size(side, backward=True) for side in (32, 112, 224, 384, 4096)] == [32, 32, 8, 2, 1]
    scarce = psutil.virtual_memory()._replace(available=2_000_000_000)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: scarce)
    assert size(224, backward=True) == 2 and 2 * 224 * 224 * BYTES_KEPT_PER_PIXEL < 1_000_000_000

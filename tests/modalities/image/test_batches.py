"""Images as networks take them."""

import pytest
import torch

from hubscore.modalities.image.batches import (
    BYTES_KEPT_PER_PIXEL,
    BYTES_PER_PIXEL,
    activation_bytes,
    channels_last,
    collate,
    example,
    fast_batch,
    in_fast_layout,
)
from hubscore.models.network import Network

SPEC = {"channels": 3, "input_size": [8, 8]}


def test_a_tensor_of_images_is_one_batch():
    images = torch.rand(4, 3, 8, 8)
    ((batch, places),) = collate(images)
    assert batch["pixel_values"] is images and list(places) == [0, 1, 2, 3]


def test_images_of_one_size_go_together_in_the_order_of_their_first():
    images = [torch.full((3, side, 8), float(at)) for at, side in enumerate((8, 4, 8, 6, 4))]
    found = [(places, batch["pixel_values"][:, 0, 0, 0].tolist()) for batch, places in collate(images)]
    assert found == [([0, 2], [0.0, 2.0]), ([1, 4], [1.0, 4.0]), ([3], [3.0])]


def test_the_example_is_always_the_same_and_leaves_the_seed_alone():
    torch.manual_seed(3)
    first, drawn = example(SPEC)["pixel_values"], torch.rand(1)
    torch.manual_seed(3)
    assert torch.equal(torch.rand(1), drawn) and torch.equal(example(SPEC)["pixel_values"], first)
    assert first.shape == (1, 3, 8, 8) and -1 <= float(first.min()) < 0 < float(first.max()) <= 1


def test_memory_grows_with_the_area_and_with_a_backward_pass():
    assert (
        activation_bytes(SPEC) == 64 * BYTES_PER_PIXEL
        and activation_bytes(SPEC, backward=True) == 64 * BYTES_KEPT_PER_PIXEL
    )
    assert activation_bytes({"input_size": [16, 8]}) == 2 * activation_bytes(SPEC)


@pytest.mark.parametrize(("side", "cpu", "gpu"), [(32, 128, 1024), (224, 32, 256), (448, 8, 64)])
def test_large_images_fill_a_device_sooner(side, cpu, gpu):
    spec = {"input_size": [side, side]}
    assert (fast_batch(spec, accelerator=False), fast_batch(spec, accelerator=True)) == (cpu, gpu)


class Two(torch.nn.Module):
    """Two convolutions, and features taken in a way that may depend on the memory layout."""

    def __init__(self, view):
        super().__init__()
        self.first, self.second, self.flatten = torch.nn.Conv2d(3, 4, 3), torch.nn.Conv2d(4, 5, 3), view

    def forward(self, batch):
        return self.flatten(self.second(self.first(batch["pixel_values"]))), None


def network(module):
    return Network("org/net", module, None, SPEC, module, False, "-")


def test_a_network_that_views_its_maps_keeps_the_plain_layout():
    plain = in_fast_layout(network(Two(lambda maps: maps.view(len(maps), -1))))
    assert plain.layout is None and plain.forward({"pixel_values": torch.rand(2, 3, 8, 8)})[0].shape == (2, 80)
    assert in_fast_layout(network(Two(lambda maps: maps.flatten(1)))).layout is channels_last


def test_one_convolution_gains_nothing_from_another_layout():
    class One(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.only = torch.nn.Conv2d(3, 4, 3)

    one = network(One())
    assert in_fast_layout(one) is one

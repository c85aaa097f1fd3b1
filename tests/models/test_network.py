"""The network as others use it."""

import pytest
import torch
from models.checkpoints import batch_of, candidate, photos

from hubscore.modalities.image.batches import channels_last
from hubscore.models.load import load_network
from hubscore.models.network import Network

SPEC = {"channels": 3, "input_size": [8, 8]}


def network(module, run=None, **options):
    forward = run or module
    return Network(
        "org/net",
        module,
        lambda images: torch.zeros(len(images), 3, 8, 8),
        SPEC,
        lambda batch: forward(batch["pixel_values"]),
        False,
        "-",
        **options,
    )


class Two(torch.nn.Module):
    """Two convolutions, and features taken in a way that may depend on the memory layout."""

    def __init__(self, view):
        super().__init__()
        self.first, self.second, self.flatten = torch.nn.Conv2d(3, 4, 3), torch.nn.Conv2d(4, 5, 3), view

    def forward(self, images):
        return self.flatten(self.second(self.first(images))), None


def test_convolutional_networks_run_channels_last_and_others_do_not(saved):
    layouts = {
        kind: load_network(candidate(saved(kind), "transformers"), saved(kind)).layout is channels_last
        for kind in ("resnet", "vit")
    }
    assert layouts == {"resnet": True, "vit": False}


def test_the_layout_changes_only_the_last_bits(saved):
    fast = load_network(candidate(saved("convnext"), "transformers"), saved("convnext"))
    images = batch_of(fast.transform_all(photos()))
    with torch.inference_mode():
        torch.testing.assert_close(
            fast.forward(images)[0], fast.run(batch_of(images["pixel_values"].contiguous()))[0], atol=1e-5, rtol=1e-5
        )


def test_depth_with_and_without_a_head(saved):
    deep = {
        kind: load_network(candidate(saved(kind), "transformers"), saved(kind)).layers
        for kind in ("vit", "dinov2", "resnet")
    }
    assert deep == {"vit": 1 + 2 * 4 + 1, "dinov2": 1 + 2 * 4, "resnet": 1 + 2 * 2 + 1}


def test_one_image_is_a_row_of_many(saved):
    one = load_network(candidate(saved("vit"), "transformers"), saved("vit"))
    torch.testing.assert_close(one.transform(photos()[1]), one.transform_all(photos())[1])


def test_the_example_is_always_the_same_and_leaves_the_seed_alone():
    one = network(Two(None))
    torch.manual_seed(3)
    first, drawn = one.example(), torch.rand(1)
    torch.manual_seed(3)
    assert torch.equal(torch.rand(1), drawn)
    assert torch.equal(one.example()["pixel_values"], first["pixel_values"])


def test_parameters_and_size():
    two = network(Two(None))
    assert two.parameters == 4 * 28 + 5 * 37 and two.input_size == (8, 8)


@pytest.mark.parametrize("name", ["test_resnet", "test_vit"])
def test_loading_twice_gives_the_same_network(saved, name):
    first, second = (load_network(candidate(saved(f"timm/{name}"), "timm"), saved(f"timm/{name}")) for _ in range(2))
    assert torch.equal(first.forward(first.example())[0], second.forward(second.example())[0])

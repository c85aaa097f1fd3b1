"""Where networks can be cut, in which order their layers run, and what lies before a cut."""

import doctest

import pytest
import torch
from attribution.nets import network
from layers.nets import timm_network
from torch import nn

from hubscore.errors import CandidateError
from hubscore.layers import split_points as cut_module
from hubscore.layers.split_points import find_split_points, freeze_names
from hubscore.layers.trace import trace


def chain(*modules):
    torch.manual_seed(0)
    return network(nn.Sequential(*modules, nn.AdaptiveAvgPool2d(1), nn.Flatten()))


class Backwards(nn.Module):
    """Its modules run in another order than that of their definition, and one never runs."""

    def __init__(self):
        super().__init__()
        self.third, self.second, self.first, self.never = (nn.Conv2d(3, 3, 3, padding=1) for _ in range(4))

    def forward(self, images):
        return self.third(torch.relu(self.second(torch.relu(self.first(images))))).mean(dim=(2, 3))


class Skipping(nn.Module):
    """A shortcut from the images to the end: nowhere can it be cut."""

    def __init__(self):
        super().__init__()
        self.one, self.two = nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 1)

    def forward(self, images):
        return (self.two(torch.relu(self.one(images))) + images).mean(dim=(2, 3))


EXPECTED = {
    "test_resnet": ["conv1.2", "conv1.5", "maxpool", "layer1", "layer2", "layer3", "layer4"],
    "resnet18": ["maxpool", *(f"layer{stage}.{block}" for stage in (1, 2, 3, 4) for block in (0, 1))],
    "test_efficientnet": ["bn1", "blocks.0", "blocks.1", "blocks.2", "blocks.3", "blocks.4", "bn2"],
    "regnety_002": ["stem", "s1", "s2", *(f"s3.b{at}" for at in range(1, 5)), *(f"s4.b{at}" for at in range(1, 8))],
}


@pytest.mark.parametrize("name", EXPECTED)
def test_blocks_of_convolutional_networks(name):
    assert [one.name for one in find_split_points(timm_network(name))] == EXPECTED[name]


def test_blocks_of_transformers():
    assert [one.name for one in find_split_points(timm_network("test_vit", img_size=64))] == [
        "patch_embed",
        *(f"blocks.{at}" for at in range(6)),
    ]
    swin = [
        one.name
        for one in find_split_points(
            timm_network("swin_tiny_patch4_window7_224", img_size=64, depths=(2, 2), num_heads=(2, 4))
        )
    ]
    assert swin == [
        "patch_embed",
        "layers.0.blocks.0",
        "layers.0.blocks.1",
        "layers.1.downsample",
        "layers.1.blocks.0",
        "layers.1.blocks.1",
    ]
    convnext = [one.name for one in find_split_points(timm_network("test_convnext"))]
    assert convnext[0] == "stem" and "stages.1.downsample" in convnext and convnext[-1] == "stages.3.blocks.1"


def test_what_lies_before_a_cut_is_what_its_output_depends_on():
    found = {one.name: one for one in find_split_points(timm_network("test_vit", img_size=64))}
    assert found["blocks.1"].freeze == ("cls_token", "pos_embed", "patch_embed.", "blocks.0.", "blocks.1.")
    assert found["patch_embed"].freeze == ("patch_embed.",)
    assert found["blocks.5"].freeze == ("cls_token", "pos_embed", "patch_embed.", "blocks.")
    run = timm_network("test_vit", img_size=64).module
    assert found["patch_embed"].parameters == sum(one.numel() for one in run.patch_embed.parameters())


def test_parameters_before_a_cut_grow_and_every_default_cut_is_clean():
    found = find_split_points(timm_network("resnet18"))
    assert all(one.clean for one in found)
    assert [one.parameters for one in found] == sorted(one.parameters for one in found)


def test_layers_stand_in_the_order_in_which_they_run():
    wrapped = network(Backwards().eval())
    assert [one.name for one in find_split_points(wrapped, "all")] == ["first", "second", "third"]
    assert [one.name for one in find_split_points(wrapped, ("third", "first"))] == ["first", "third"]
    with pytest.raises(CandidateError, match=r"'never'.* cannot be used: it does not run"):
        find_split_points(wrapped, ("never",))


def test_of_convolution_norm_and_activation_the_last_is_the_cut():
    found = find_split_points(
        chain(
            nn.Conv2d(3, 4, 3),
            nn.BatchNorm2d(4),
            nn.ReLU(),
            nn.Conv2d(4, 5, 3),
            nn.ReLU(inplace=True),
            nn.Conv2d(5, 6, 1),
        )
    )
    assert [one.name for one in found][:2] == ["2", "4"]
    assert found[0].freeze == ("0.", "1.") and found[1].freeze == ("0.", "1.", "3.")


def test_a_network_that_cannot_be_cut_says_what_to_do():
    wrapped = network(Skipping().eval())
    with pytest.raises(
        CandidateError, match=r"has no layers to choose from.*cut in two nowhere; the first that run are one, two"
    ):
        find_split_points(wrapped)
    both = find_split_points(wrapped, ("one", "two"))
    assert [one.clean for one in both] == [False, False]


def test_an_unknown_layer_is_told_near_names():
    with pytest.raises(CandidateError, match=r"has no layer 'layer3\.7'.*layer3\.1"):
        find_split_points(timm_network("resnet18"), ("layer3.7",))
    with pytest.raises(CandidateError, match=r"'penultimate'.* it is not a module"):
        find_split_points(timm_network("test_resnet"), ("penultimate",))
    with pytest.raises(CandidateError, match="was named"):
        find_split_points(timm_network("test_resnet"), ())


def test_tracing_leaves_the_network_as_it_was():
    wrapped = timm_network("test_resnet")
    wrapped.module.conv1.requires_grad_(False)
    before = {name: (one.requires_grad, one.clone()) for name, one in wrapped.module.named_parameters()}
    trace(wrapped)
    after = dict(wrapped.module.named_parameters())
    assert all(
        after[name].requires_grad == wanted and torch.equal(after[name], value)
        for name, (wanted, value) in before.items()
    )
    assert not any(module._forward_hooks for module in wrapped.module.modules())
    assert all(one.grad is None for one in after.values())


def test_beginnings_hold_exactly_what_lies_before():
    names = ["blocks.1.weight", "blocks.1.bias", "blocks.10.weight", "token"]
    found = freeze_names(names, {"blocks.1.weight", "blocks.1.bias"})
    assert found == ("blocks.1.",) and not "blocks.10.weight".startswith(found)
    assert doctest.testmod(cut_module).failed == 0
    assert freeze_names(names, set(names)) == ("blocks.", "token")

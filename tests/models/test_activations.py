"""Layers by name: which there are, what they give, what cannot be used."""

import pytest
import timm
import torch
from attribution.nets import cnn, network
from models.checkpoints import batch_of
from torch import nn
from transformers.modeling_outputs import BaseModelOutput

from hubscore.errors import CandidateError
from hubscore.models.activations import PENULTIMATE, check_layer, layer_outputs, pool_positions


def test_several_layers_in_one_pass():
    module, images = cnn(), torch.randn(2, 3, 8, 8)
    found = layer_outputs(network(module), batch_of(images), ["0", PENULTIMATE, "2"])
    assert list(found) == [PENULTIMATE, "0", "2"]
    assert (
        torch.equal(found["0"], module[0](images))
        and found["2"].shape == (2, 8, 3, 3)
        and found[PENULTIMATE].shape == (2, 5)
    )
    assert not module[0]._forward_hooks


def test_windows_of_an_image_become_its_row():
    class Windows(nn.Module):
        def __init__(self):
            super().__init__()
            self.cut = nn.Identity()

        def forward(self, images):
            parts = self.cut(images.unfold(2, 4, 4).unfold(3, 4, 4).permute(0, 2, 3, 1, 4, 5).reshape(-1, 48))
            return parts.reshape(len(images), -1)

    found = layer_outputs(network(Windows()), batch_of(torch.randn(3, 3, 8, 8)), ["cut"])
    assert found["cut"].shape == (3, 4, 48) and pool_positions(found["cut"]).shape == (3, 48)


class Odd(nn.Module):
    def __init__(self, give):
        super().__init__()
        self.part, self.unused, self.give = nn.Identity(), nn.Identity(), give

    def forward(self, images):
        self.part(self.give(images))
        return images.flatten(1)


class Wraps(nn.Module):
    def forward(self, images):
        return BaseModelOutput(last_hidden_state=images.flatten(2), hidden_states=(images,))


def test_named_outputs_of_transformers():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder = Wraps()

        def forward(self, images):
            return self.encoder(images).last_hidden_state.mean(dim=2)

    assert layer_outputs(network(Net()), batch_of(torch.randn(2, 3, 4, 4)), ["encoder"])["encoder"].shape == (2, 3, 16)


@pytest.mark.parametrize(
    ("give", "layer", "why"),
    [
        (lambda images: images, "unused", "it does not run, or returns no numbers"),
        (lambda images: images.long(), "part", "it does not run, or returns no numbers"),
        (lambda images: images.mean(), "part", r"its output has the shape \(\), which has no rows for 2 items"),
        (lambda images: images[:1], "part", r"its output has the shape \(1, 3, 8, 8\)"),
    ],
)
def test_layers_that_cannot_be_used(give, layer, why):
    with pytest.raises(CandidateError, match=f"Layer '{layer}' of 'org/net' cannot be used: {why}"):
        layer_outputs(network(Odd(give)), batch_of(torch.randn(2, 3, 8, 8)), [layer])


def test_an_unknown_layer_is_told_near_names():
    with pytest.raises(CandidateError) as error:
        check_layer(network(timm.create_model("test_resnet")), "layer1.0.conv9")
    assert (
        "Model 'org/net' has no layer 'layer1.0.conv9': its modules have other names, for example layer1.0.conv"
        in str(error.value)
    )
    check_layer(network(cnn()), PENULTIMATE)
    check_layer(network(cnn()), "0")


@pytest.mark.parametrize(
    ("shape", "d"),
    [((2, 7, 4, 4), 7), ((2, 4, 4, 7), 7), ((2, 5, 7), 7), ((2, 7), 7), ((2, 4, 5, 7), 4), ((2, 3, 5, 5, 7), 7)],
)
def test_pooling_over_positions(shape, d):
    assert pool_positions(torch.randn(shape)).shape == (2, d)


def test_an_output_is_kept_as_it_was_before_anything_changed_it():
    module, images = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.Flatten()), torch.randn(2, 3, 8, 8)
    found = layer_outputs(network(module), batch_of(images), ["0", "1"])
    assert (
        torch.equal(found["0"], module[0](images)) and bool((found["0"] < 0).any()) and not bool((found["1"] < 0).any())
    )

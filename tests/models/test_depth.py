"""Depth against the numbers in the networks' names."""

import pytest
import torch
import torchvision
from torch import nn

from hubscore.models.depth import layers


@pytest.mark.parametrize(
    ("name", "depth"), [("alexnet", 8), ("resnet18", 18), ("resnet50", 50), ("resnet101", 101), ("googlenet", 22)]
)
def test_the_networks_of_parc(name, depth):
    options = {"init_weights": False} if name == "googlenet" else {}
    model = getattr(torchvision.models, name)(**options).eval()
    assert layers(model, torch.zeros(1, 3, 64, 64)) == depth


@pytest.mark.parametrize(("name", "depth"), [("densenet121", 121), ("squeezenet1_1", 18)])
def test_other_networks_with_a_known_depth(name, depth):
    assert layers(getattr(torchvision.models, name)().eval(), torch.zeros(1, 3, 64, 64)) == depth


def test_parallel_projections_of_attention_count_once_and_the_fused_kernel_counts_as_much():
    block = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True).eval()
    tokens = torch.zeros(1, 5, 16)
    assert layers(block, tokens) == 4  # projections in, projection out, two of the feed-forward part
    with torch.no_grad():
        torch.backends.mha.set_fastpath_enabled(False)
        try:
            assert layers(block, tokens) == 4
        finally:
            torch.backends.mha.set_fastpath_enabled(True)


def test_a_product_of_two_activations_is_no_layer():
    assert layers(lambda x: x @ x.mT, torch.zeros(1, 3, 3)) == 0


def test_a_side_branch_shorter_than_the_main_path_does_not_count():
    main, side = nn.Sequential(nn.Linear(4, 4), nn.ReLU(inplace=True), nn.Linear(4, 4)), nn.Linear(4, 4)
    assert layers(lambda x: main(x).add_(side(x)), torch.zeros(1, 4)) == 2


def test_nested_outputs_and_the_longest_of_them():
    first, second = nn.Linear(4, 4), nn.Linear(4, 2)

    def run(x):
        hidden = first(x)
        return {"hidden": hidden, "logits": [second(hidden)]}

    assert layers(run, torch.zeros(1, 4)) == 2


def test_none_when_no_output_comes_from_the_input():
    assert layers(lambda x: torch.zeros(3), torch.zeros(1, 4)) is None

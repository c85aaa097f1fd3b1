"""Which layers count, in which order, and what they give per item."""

import pytest
import torch
from attribution.nets import network
from models.checkpoints import KINDS, candidate, save_timm, save_transformers
from torch import nn

from hubscore.models.layer_runs import LayerRun, is_weighted, layer_outputs, layer_runs, per_item
from hubscore.models.load import load_network


def names(net):
    return [run.module for run in layer_runs(net)]


class Odd(nn.Module):
    """A layer that runs twice, one that is never reached, one over a table, one behind the features, an inception."""

    def __init__(self):
        super().__init__()
        self.branch = nn.ModuleList([nn.Conv2d(3, 4, 1), nn.Conv2d(3, 4, 3, padding=1)])
        self.depthwise = nn.Conv2d(8, 8, 3, groups=8)
        self.shared = nn.Linear(8, 8)
        self.never = nn.Linear(8, 8)
        self.table = nn.Linear(2, 8)
        self.norm = nn.BatchNorm1d(8)
        self.behind = nn.Linear(8, 8)
        self.register_buffer("positions", torch.ones(3, 2))

    def forward(self, images):
        maps = torch.cat([branch(images).relu_() for branch in self.branch], dim=1)
        features = self.depthwise(maps).mean(dim=(2, 3)) + self.table(self.positions).sum(dim=0)
        features = self.norm(self.shared(self.shared(features)))
        return features, self.behind(features)


def test_odd_networks():
    odd = Odd()
    net = network(odd, lambda images: odd(images)[0])
    runs = layer_runs(net)
    assert [(run.module, run.turn) for run in runs] == [("branch.0", 0), ("branch.1", 0), ("shared", 0), ("shared", 1)]
    assert [run.width for run in runs] == [4, 4, 8, 8]
    assert all(parameter.requires_grad for parameter in net.module.parameters())


def test_networks_that_hide_their_derivatives_count_whole():
    odd = Odd().eval().requires_grad_(False)

    def hidden(images):
        with torch.no_grad():
            return odd(images)[0]

    assert names(network(odd, hidden)) == ["branch.0", "branch.1", "shared", "shared", "behind"]
    assert not any(parameter.requires_grad for parameter in odd.parameters())


def test_of_a_timm_network_all_but_the_head(tmp_path):
    net = load_network(candidate(save_timm(tmp_path / "net"), "timm"), tmp_path / "net")
    whole = [name for name, module in net.module.named_modules() if is_weighted(module)]
    assert names(net) == [name for name in whole if name != "fc"] and "fc" in whole


@pytest.mark.parametrize("kind", ["vit", "deit_teacher", "siglip_vision", "detr"])
def test_of_transformers_what_features_depend_on(tmp_path, kind):
    assert kind in KINDS
    net = load_network(candidate(save_transformers(tmp_path, kind), "transformers"), tmp_path)
    left_out = {name for name, module in net.module.named_modules() if is_weighted(module)} - set(names(net))
    expected = {
        "vit": {"classifier"},
        "deit_teacher": {"cls_classifier", "distillation_classifier"},
        "siglip_vision": {"head.attention.out_proj"},  # torch's attention reads its weights and never calls it
    }
    assert left_out == expected.get(kind, left_out) and (kind != "detr" or all("decoder" in one for one in left_out))


def test_torchs_fused_encoder_calls_its_parts():
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True).eval()

    net = network(layer, lambda images: layer(images.flatten(2)[..., :8]).mean(1))
    assert names(net) == ["linear1", "linear2"]
    with torch.inference_mode(), layer_outputs(net, {"linear1": layer.linear1}, lambda key, out: out.shape) as caught:
        net.forward(net.example())
    assert list(caught) == [("linear1", 0)]


def test_outputs_lie_as_they_lie():
    tokens = torch.randn(5, 3, 2)  # five tokens of three items
    torch.testing.assert_close(per_item(LayerRun("", 0, 1, 2, 2), tokens, 3), tokens.mean(dim=0))
    maps = torch.randn(3, 4, 5, 2)  # channels last, as in Swin
    torch.testing.assert_close(per_item(LayerRun("", 0, 0, 3, 2), maps, 3), maps.mean(dim=(1, 2)))
    plain = torch.randn(3, 2)
    kept = per_item(LayerRun("", 0, 0, 1, 2), plain, 3)
    torch.testing.assert_close(kept, plain)
    plain.zero_()
    assert kept.abs().sum() > 0  # what comes behind may write into an output


def test_gpt2s_own_layer_is_one():
    from transformers.pytorch_utils import Conv1D

    assert (
        is_weighted(Conv1D(4, 3)) and is_weighted(nn.Conv1d(3, 4, 3)) and not is_weighted(nn.Conv1d(4, 4, 3, groups=2))
    )

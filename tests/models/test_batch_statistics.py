"""BatchNorm by its batch, by hand; and that nothing of a network is changed, whatever happens."""

import pytest
import timm
import torch
from timm.layers import BatchNormAct2d
from timm.layers.evo_norm import EvoNorm2dB0
from torch import nn

from hubscore.models.batch_statistics import batch_statistics, uses_batches


def state(module):
    """All that may change: flags, buffers to the last bit and as the same tensors, momentum."""
    parts = [(part.training, getattr(part, "momentum", None)) for part in module.modules()]
    return parts, {name: (id(value), value.clone()) for name, value in module.named_buffers()}


def same(before, after):
    return (
        before[0] == after[0]
        and before[1].keys() == after[1].keys()
        and all(before[1][name][0] == after[1][name][0] for name in before[1])
        and all(torch.equal(before[1][name][1], after[1][name][1]) for name in before[1])
    )


def test_one_layer_by_hand():
    net = nn.Sequential(nn.BatchNorm2d(1, eps=1e-12), nn.Dropout(0.9)).eval()
    net[0].weight.data[:] = 2.0
    net[0].bias.data[:] = 1.0
    images = torch.tensor([1.0, 3.0, 5.0, 7.0]).reshape(2, 1, 1, 2)  # mean 4, variance 5
    with torch.no_grad(), batch_statistics(net):
        out = net(images).flatten()
    torch.testing.assert_close(out, 2 * (images.flatten() - 4) / 5**0.5 + 1)
    torch.testing.assert_close(net(images).flatten(), 2 * images.flatten() + 1)


@pytest.mark.parametrize(
    "norm",
    [
        lambda: nn.BatchNorm2d(3),
        lambda: nn.BatchNorm2d(3, momentum=None),
        lambda: nn.BatchNorm2d(3, track_running_stats=False),
        lambda: nn.SyncBatchNorm(3),
        lambda: BatchNormAct2d(3),
        lambda: EvoNorm2dB0(3),
    ],
)
def test_the_state_is_what_it_was_and_the_batch_counts(norm):
    net = nn.Sequential(norm(), nn.Dropout(0.5)).eval()
    before, images = state(net), torch.randn(4, 3, 5, 5) * 3 + 2
    with torch.no_grad(), batch_statistics(net):
        out = net(images)
        alone = net(images[:2])
    assert same(before, state(net)) and uses_batches(net)
    assert not torch.allclose(out[:2], alone)
    reference = norm().train()
    torch.testing.assert_close(out, reference(images).detach())


def test_an_exception_leaves_the_state_too():
    net = timm.create_model("test_resnet").eval()
    before = state(net)
    with pytest.raises(ValueError, match="here"), batch_statistics(net):
        net(torch.randn(2, 3, 32, 32))
        raise ValueError("here")
    assert same(before, state(net))
    with pytest.raises(ValueError, match="more than 1 value"), batch_statistics(nn.BatchNorm1d(4).eval()) as _:
        nn.functional.batch_norm(torch.zeros(1, 4), None, None, training=True)


@pytest.mark.parametrize("norm", [nn.LayerNorm(4), nn.InstanceNorm2d(4, track_running_stats=True), nn.GroupNorm(2, 4)])
def test_norms_of_single_items_are_none(norm):
    assert not uses_batches(norm)

"""The second pass: which rows share statistics, that all layers come out as a plain loop has them, and memory."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from attribution.nets import images, network
from extract.test_layer_kernel import plain
from models.checkpoints import candidate, photos, save_timm, save_transformers
from torch import nn

from hubscore.errors import CandidateError
from hubscore.extract import layer_pass
from hubscore.extract.layer_pass import filled, run_layers, statistics_order
from hubscore.extract.layer_request import LayerRequest
from hubscore.models.layer_runs import is_weighted
from hubscore.models.load import load_network

ROWS = [f"row {at}" for at in range(26)]


@pytest.fixture(scope="module")
def nets(tmp_path_factory):
    root = tmp_path_factory.mktemp("nets")
    save_timm(root / "resnet")
    save_transformers(root / "vit", "vit")
    return {
        name: load_network(candidate(root / name, library), root / name)
        for name, library in (("resnet", "timm"), ("vit", "transformers"))
    }


def test_the_order_is_drawn_by_content_and_seed():
    order = statistics_order(ROWS, 0)
    assert order == statistics_order(ROWS[::-1] + ROWS[:3], 0) != sorted(ROWS) and set(order) == set(ROWS)
    assert order != statistics_order(ROWS, 1)
    assert LayerRequest().batch == 100


@pytest.mark.parametrize(("count", "expected"), [(3, 3), (10, 10), (11, 20), (20, 20), (26, 30)])
def test_the_last_batch_is_filled_from_the_beginning(count, expected):
    order = ROWS[:count]
    full = filled(order, 10)
    assert len(full) == expected and full[:count] == order and full[count:] == order[: expected - count]


def naive(net, items, rows, batch):
    """The pass written out: plain training mode with momentum 0, dropout off, outputs averaged over positions."""
    module, order = net.module, statistics_order(rows, 0)
    found = {}
    hooks = [
        part.register_forward_hook(
            lambda part, given, out, name=name: found.setdefault(name, []).append(
                out.mean(dim=(2, 3)) if isinstance(part, nn.Conv2d) else out.flatten(1, -2).mean(dim=1)
            )
        )
        for name, part in module.named_modules()
        if is_weighted(part) and name not in ("fc", "classifier")
    ]
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.train()
            part.momentum = 0.0
    with torch.no_grad():
        for start in range(0, len(order), batch):
            part = order[start : start + batch]
            part += order[: batch - len(part)]
            net.forward({"pixel_values": torch.stack([net.transform(items[rows.index(row)]) for row in part])})
    for hook in hooks:
        hook.remove()
    module.eval()
    at = [order.index(row) for row in sorted(rows)]
    return plain([torch.cat(values)[at].double().numpy() for values in found.values()])


@pytest.mark.parametrize("name", ["resnet", "vit"])
def test_against_a_plain_loop(nets, tmp_path, name):
    items, net = photos(26), nets[name]
    before = {key: value.clone() for key, value in net.module.state_dict().items()}
    made = run_layers(net, items, ROWS, folder=tmp_path, batch=10)
    assert all(torch.equal(value, before[key]) for key, value in net.module.state_dict().items())
    assert not any(part.training for part in net.module.modules())
    assert made.kernel.dtype == np.float32 and made.kernel.shape == (26, 26) and made.constant == 0
    assert (made.batch, made.images) == ((10, 30) if name == "resnet" else (None, 26))
    np.testing.assert_allclose(made.kernel, naive(net, items, ROWS, 10), atol=2e-5)


def test_neither_places_nor_copies_matter(nets, tmp_path):
    items, net = photos(12), nets["resnet"]
    made = run_layers(net, items, ROWS[:12], folder=tmp_path, batch=5)
    shuffled = np.random.default_rng(0).permutation(12)
    moved = run_layers(net, [items[at] for at in shuffled], [ROWS[at] for at in shuffled], folder=tmp_path, batch=5)
    np.testing.assert_array_equal(made.kernel, moved.kernel)  # both in the order of the ids
    twice = run_layers(net, [*items, items[3]], [*ROWS[:12], ROWS[3]], folder=tmp_path, batch=5)
    at = sorted([*ROWS[:12], ROWS[3]]).index(ROWS[3])
    assert twice.images == made.images and twice.kernel.shape == (13, 13)
    np.testing.assert_array_equal(twice.kernel[at], twice.kernel[at + 1])
    other = run_layers(net, items, ROWS[:12], folder=tmp_path, batch=5, seed=1)
    assert np.abs(other.kernel - made.kernel).max() > 1e-4


class Hungry(nn.Module):
    """Has no memory for more than some images at once."""

    def __init__(self, most):
        super().__init__()
        self.conv, self.norm, self.most = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), most

    def forward(self, batch):
        if len(batch) > self.most:
            raise RuntimeError("CUDA out of memory. Tried to allocate")
        return self.norm(self.conv(batch)).mean(dim=(2, 3))


def test_fifty_rows_where_a_hundred_do_not_fit(tmp_path):
    items, rows = images(120), [f"row {at}" for at in range(120)]
    made = run_layers(network(Hungry(50)), items, rows, folder=tmp_path)
    assert (made.batch, made.smaller, made.images) == (50, True, 150)
    assert run_layers(network(Hungry(100)), items, rows, folder=tmp_path).batch == 100
    with pytest.raises(CandidateError, match="a batch of 50 does not fit"):
        run_layers(network(Hungry(49)), items, rows, folder=tmp_path)
    with pytest.raises(CandidateError, match="a batch of 30 does not fit"):
        run_layers(network(Hungry(20)), items[:30], rows[:30], folder=tmp_path)


def test_little_memory_on_a_cpu_is_seen_before(tmp_path, monkeypatch):
    monkeypatch.setattr(layer_pass, "free_bytes", lambda device: 100 * 8 * 8 * 1024 // 2 - 1)
    items, rows = images(120), [f"row {at}" for at in range(120)]
    assert run_layers(network(Hungry(1000)), items, rows, folder=tmp_path).batch == 50


def test_what_cannot_be(tmp_path):
    net = network(Hungry(100))
    with pytest.raises(CandidateError, match="there is one"):
        run_layers(net, images(2), ["a", "a"], folder=tmp_path)
    with pytest.raises(CandidateError, match="no convolution or linear layer"):
        run_layers(network(nn.Flatten()), images(2), ["a", "b"], folder=tmp_path)
    sizes = replace(net, transform_all=lambda given: [torch.rand(3, 8 + at % 2, 8) for at in range(len(given))])
    with pytest.raises(CandidateError, match="inputs of several sizes"):
        run_layers(sizes, images(4), list("abcd"), folder=tmp_path)
    broken = network(Hungry(100))
    broken.module.conv.weight.data[:] = torch.nan
    with pytest.raises(CandidateError, match="layer conv gives numbers that are not finite"):
        run_layers(broken, images(4), list("abcd"), folder=tmp_path)

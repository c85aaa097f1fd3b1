"""One pass over the images: features as plain hooks give them, nodes as DEPARA's direct computation, nothing kept."""

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest
import torch
from attribution.nets import network
from layers.nets import timm_network, whole
from PIL import Image
from torch import nn

from hubscore.attribution.grid import Grid
from hubscore.attribution.network import attribute
from hubscore.errors import CandidateError
from hubscore.layers import layer_features as passes
from hubscore.layers.layer_features import TargetMaps, by_item, map_cosines, run_layers
from hubscore.layers.split_points import find_split_points
from hubscore.similarity.depara_nodes import depara_nodes

NAMES = ("maxpool", "layer2", "layer4")


@pytest.fixture(scope="module")
def images():
    rng = np.random.default_rng(0)
    return [Image.fromarray(rng.integers(0, 255, (64, 64, 3)).astype(np.uint8)) for _ in range(10)]


@pytest.fixture(scope="module")
def target(images):
    grid = Grid.for_items(images, 16)
    torch.manual_seed(5)
    target = timm_network("test_efficientnet")
    return TargetMaps(
        attribute(target, images, grid, methods=("gradient_x_input",), objective="norm").maps["gradient_x_input"], grid
    )


def counted(wrapped):
    """Count forward passes and images."""
    sizes = []

    def run(batch):
        sizes.append(len(batch["pixel_values"]))
        return wrapped.run(batch)

    return replace(wrapped, run=run), sizes


def test_features_are_those_of_a_plain_hook_pooled(images):
    wrapped, seen = timm_network("test_resnet"), {}
    hooks = [
        wrapped.module.get_submodule(name).register_forward_hook(
            lambda m, i, out, name=name: seen.update({name: out.mean(dim=(2, 3))})
        )
        for name in NAMES
    ]
    with torch.inference_mode():
        wrapped.forward({"pixel_values": whole(images)})
    for hook in hooks:
        hook.remove()
    found = run_layers(wrapped, images, NAMES, batch_size=4)
    assert list(found.features) == list(NAMES) and found.forward_images == 10 and found.cosines is None
    for name in NAMES:
        np.testing.assert_allclose(found.features[name], seen[name].numpy(), atol=1e-6)


def test_an_output_is_pooled_before_what_follows_changes_it_in_place():
    torch.manual_seed(0)
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d(1), nn.Flatten()).eval()
    wrapped = replace(network(module), transform_all=whole)
    one = Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3)).astype(np.uint8))
    plain = module[0](whole([one])).mean(dim=(2, 3)).detach().numpy()
    np.testing.assert_allclose(run_layers(wrapped, [one], ["0"]).features["0"], plain, atol=1e-6)
    nodes = TargetMaps(np.ones((1, 3, 8, 8), dtype=np.float16), Grid.for_items([one], 8))
    np.testing.assert_allclose(run_layers(wrapped, [one], ["0"], target=nodes).features["0"], plain, atol=1e-6)


def test_windows_of_one_image_are_averaged():
    out = torch.arange(2 * 3 * 4 * 5, dtype=torch.float32).reshape(6, 4, 5)
    assert torch.allclose(by_item(out, 2), out.reshape(2, 12, 5).mean(dim=1))


@pytest.mark.parametrize("with_target", [False, True])
def test_one_forward_pass_a_batch_whatever_the_number_of_layers(images, target, with_target):
    wrapped, sizes = counted(timm_network("test_resnet"))
    every = [cut.name for cut in find_split_points(timm_network("test_resnet"), "all")]
    run_layers(wrapped, images, every, target=target if with_target else None, batch_size=4)
    assert sizes == [4, 4, 2]


def test_nodes_are_those_of_a_direct_computation_and_do_not_depend_on_the_batch(images, target):
    found = run_layers(timm_network("test_resnet"), images, NAMES, target=target, batch_size=3)
    whole = run_layers(timm_network("test_resnet"), images, NAMES, target=target, batch_size=10)
    for name in NAMES:
        maps = attribute(
            timm_network("test_resnet"),
            images,
            target.grid,
            methods=("gradient_x_input",),
            objective="norm",
            layer=name,
        )
        direct = depara_nodes(maps.maps["gradient_x_input"], target.nodes)
        assert found.cosines[name].mean() == pytest.approx(direct, abs=2e-4)  # the direct one keeps float16
        np.testing.assert_allclose(found.features[name], maps.features, atol=1e-5)
        np.testing.assert_allclose(found.cosines[name], whole.cosines[name], atol=1e-5)


def test_no_map_outlives_its_layer(images, target, monkeypatch):
    """Of all maps that were made, none is alive when the next one is compared."""
    made, alive = [], []

    def watched(a, b):
        alive.append(sum(one() is not None for one in made))
        made.append(weakref.ref(a))
        return map_cosines(a, b)

    monkeypatch.setattr(passes, "map_cosines", watched)
    run_layers(timm_network("test_resnet"), images, NAMES, target=target, batch_size=5)
    gc.collect()
    assert len(made) == 6 and max(alive) == 0 and not any(one() is not None for one in made)


def test_cosines_leave_out_what_one_network_never_saw():
    a = torch.tensor([[1.0, 0.0, torch.nan], [0.0, 0.0, 1.0]])
    b = torch.tensor([[1.0, 1.0, 9.0], [1.0, 1.0, torch.nan]])
    found = map_cosines(a, b)
    assert float(found[0]) == pytest.approx(2**-0.5) and bool(torch.isnan(found[1]))


def test_a_layer_without_numbers_or_gradient_is_named(images, target):
    wrapped = timm_network("test_resnet")
    with torch.no_grad():
        wrapped.module.layer2[0].conv1.weight.fill_(torch.nan)
    with pytest.raises(
        CandidateError, match="Layer 'layer2' of 'test_resnet' cannot be used: its features are not finite"
    ):
        run_layers(wrapped, images, NAMES)
    with pytest.raises(
        CandidateError, match="Cannot explain layer 'layer2' of 'test_resnet': its gradient is not finite"
    ):
        run_layers(wrapped, images, NAMES, target=target)
    cut_off = timm_network("test_resnet")
    cut_off.module.maxpool.register_forward_hook(lambda module, given, out: out.detach())
    with pytest.raises(CandidateError, match=r"'layer2'.*no gradient path"):
        run_layers(cut_off, images, ("layer2",), target=target)

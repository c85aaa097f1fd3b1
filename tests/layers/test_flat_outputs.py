"""DEPARA's edges at layers: of whole outputs, in one pass where they fit into memory, in several where not."""

import doctest
from dataclasses import replace

import numpy as np
import pytest
import torch
from attribution.nets import network
from layers.nets import whole
from PIL import Image
from torch import nn

from hubscore.attribution.grid import Grid
from hubscore.layers import flat_outputs
from hubscore.layers.layer_features import TargetMaps, run_layers
from hubscore.layers.layer_scores import depara_layers
from hubscore.similarity.depara_edges import depara_edges, edges_by_products

RNG = np.random.default_rng(0)
LAYERS = ("0", "1", "2")


@pytest.fixture
def images():
    return [Image.fromarray(RNG.integers(0, 255, (16, 16, 3)).astype(np.uint8)) for _ in range(6)]


@pytest.fixture
def net():
    torch.manual_seed(0)
    module = nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.Conv2d(4, 6, 3, stride=2), nn.AdaptiveAvgPool2d(1), nn.Flatten()
    )
    return replace(network(module.eval()), transform_all=whole)


def outputs(net, images):
    """What layers give before anything changes it in place."""
    seen, found = {}, whole(images)
    with torch.inference_mode():
        for name, part in net.module.named_children():
            found = part(found.clone())
            seen[name] = found.clone().flatten(1).numpy()
    return seen


def maps(images, **reading):
    nodes = RNG.normal(size=(len(images), 3, 8, 8)).astype(np.float16)
    return TargetMaps(nodes, Grid.for_items(images, 8), **reading)


def test_edges_are_of_whole_outputs_as_in_equation_4(net, images):
    other = RNG.normal(size=(6, 5))
    found = depara_layers(run_layers(net, images, LAYERS, target=maps(images), batch_size=4), other, lambda_=1.0)
    for name in LAYERS:
        direct = depara_edges(outputs(net, images)[name], other)
        assert found[name]["depara_edges"].value == pytest.approx(direct, abs=1e-6)


@pytest.mark.parametrize(("kept", "passes"), [(2**30, 1), (6 * 4 * 1600, 2), (1, 3)])
def test_what_does_not_fit_goes_through_the_network_again(net, images, monkeypatch, kept, passes):
    """The outputs of the layers are of 784, 784 and 216 units; two of them, or one, fit."""
    monkeypatch.setattr(flat_outputs, "KEPT", kept)
    found = run_layers(net, images, LAYERS, target=maps(images), batch_size=4)
    assert found.forward_images == 6 * passes and list(found.products) == list(LAYERS)
    for name, rows in outputs(net, images).items():
        if name in LAYERS:
            np.testing.assert_allclose(found.products[name], rows.astype(np.float64) @ rows.T, rtol=1e-5)


def test_released_nodes_are_absolute_values_averaged_over_the_channels_of_the_mean(net, images):
    target = maps(images, reading="released")
    found = run_layers(net, images, ("2",), target=target, batch_size=4)
    leaf = whole(images).requires_grad_()
    out = net.module[:3](leaf.clone())
    (gradient,) = torch.autograd.grad(out.flatten(1).mean(dim=1).sum(), leaf)
    mine = (gradient * leaf.detach()).unflatten(2, (8, -1)).unflatten(4, (8, -1)).mean(dim=(3, 5)).abs().mean(dim=1)
    theirs = np.abs(target.nodes.astype(np.float64)).mean(axis=1).reshape(6, -1)
    rows = mine.flatten(1).double().numpy()
    direct = (rows * theirs).sum(axis=1) / np.linalg.norm(rows, axis=1) / np.linalg.norm(theirs, axis=1)
    np.testing.assert_allclose(found.cosines["2"], direct, atol=1e-4)
    assert found.cosines["2"].min() > 0  # signs are gone
    positive = run_layers(net, images, ("1",), target=target)  # the mean of a ReLU's units is their size
    assert depara_layers(positive, RNG.normal(size=(6, 5)), lambda_=1.0)["1"]["depara_nodes"].value > 0


def test_a_mean_that_never_varies_explains_nothing(images):
    net = replace(
        network(nn.Sequential(nn.Flatten(), nn.LayerNorm(768, elementwise_affine=False)).eval()), transform_all=whole
    )
    passed = run_layers(net, images, ("1",), target=maps(images, reading="released"))
    told = depara_layers(passed, RNG.normal(size=(6, 5)), lambda_=1.0)["1"]["depara_nodes"].reason
    assert told is not None and "is the same for all 6 rows" in told


def test_edges_by_products_are_those_of_the_features():
    features, other = RNG.normal(size=(7, 9)), RNG.normal(size=(7, 4))
    assert edges_by_products(features @ features.T, other) == pytest.approx(depara_edges(features, other), abs=1e-12)


def test_examples():
    assert doctest.testmod(flat_outputs, extraglobs={"np": np}).failed == 0

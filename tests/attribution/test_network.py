"""One network over a probe's pictures: batches, memory, notes, and maps that cannot be used."""

import numpy as np
import pytest
import torch
from attribution.nets import cnn, images, network
from torch import nn
from torchvision.transforms import CenterCrop, Compose, Resize
from torchvision.transforms.functional import rgb_to_grayscale, to_tensor

from hubscore.attribution.explainer import METHODS
from hubscore.attribution.grid import Grid
from hubscore.attribution.network import attribute
from hubscore.errors import CandidateError

PICTURES = images(5, 16)
GRID = Grid.for_items(PICTURES, 8)


def maps_of(net, **options):
    return attribute(net, PICTURES, GRID, **{"methods": METHODS, **options})


def test_what_comes_back():
    module = cnn(nn.SiLU())
    found = maps_of(network(module, lambda some: module(some[..., ::2, ::2]), size=16))
    assert list(found.maps) == list(METHODS) and found.features.shape == (5, 5) and found.features.dtype == np.float32
    for maps in found.maps.values():
        assert maps.shape == (5, 3, 8, 8) and maps.dtype == np.float16 and np.isfinite(maps).all()
        assert np.allclose(np.square(maps.astype(float)).sum(axis=(1, 2, 3)), 1, atol=2e-3)
    assert (found.maps["saliency"] >= 0).all() and (found.maps["gradient_x_input"] < 0).any()
    assert found.notes["epsilon_lrp"]["rules"] == {"silu": 2} and found.notes["epsilon_lrp"]["gates_fixed"] == 0
    assert all(0 < notes["top_share"] < 0.2 for notes in found.notes.values())
    assert found.notes["saliency"]["geometry"] == "inverse of the transform" and "rules" not in found.notes["saliency"]


def test_every_batch_size_gives_the_same():
    torch.manual_seed(0)
    net = network(
        nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.GELU(), nn.Flatten(), nn.Linear(784, 6)), size=16
    )
    whole = maps_of(net, batch_size=5)
    for size in (1, 2, 3):
        part = maps_of(net, batch_size=size)
        for method in METHODS:
            assert np.abs(part.maps[method].astype(float) - whole.maps[method]).max() < 1e-3
            assert part.notes[method]["top_share"] == pytest.approx(whole.notes[method]["top_share"], abs=1e-5)
        assert np.allclose(part.features, whole.features, atol=1e-5)


def test_memory_that_runs_out_halves_the_batch():
    sizes = []

    def run(some):
        sizes.append(len(some))
        if len(some) > 2:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
        return module(some[..., ::2, ::2])

    module = cnn()
    found = maps_of(network(module, run, size=16), batch_size=5)
    assert sizes == [5, 2, 2, 1] and found.features.shape == (5, 5)


def test_a_failing_pass_is_the_networks_fault():
    def run(some):
        raise ValueError("no such thing")

    with pytest.raises(
        CandidateError, match=r"Cannot run 'org/net': its forward or backward pass fails \(no such thing\)"
    ):
        maps_of(network(cnn(), run))


def test_a_representation_that_does_not_depend_on_the_input():
    with pytest.raises(CandidateError, match="its features are the same for all 5 rows"):
        maps_of(network(cnn(), lambda some: (some * 0).flatten(1)))

    def saturated(some):  # differs between images, but no gradient tells
        return torch.clamp(some.mean(dim=(1, 2, 3)) * 1e6, 0, 1e-3)[:, None] + some.detach().flatten(1)[:, :3]

    with pytest.raises(CandidateError) as error:
        maps_of(network(cnn(), saturated))
    assert "its saliency maps are zero everywhere: the representation does not depend on the input" in str(error.value)


@pytest.mark.parametrize(("objective", "other"), [("mean", "norm"), ("norm", "mean")])
def test_an_objective_that_never_varies(objective, other):
    norm = nn.LayerNorm(5, elementwise_affine=False, eps=0)
    module = cnn()
    run = lambda some: norm(module(some[..., ::2, ::2]))  # noqa: E731
    with pytest.raises(
        CandidateError,
        match=f"the {objective} of its representation is the same for all 5 images.*\n.*objective {other}",
    ):
        maps_of(network(module, run, size=16), objective=objective)


def test_a_gradient_that_is_not_finite_names_the_network():
    with pytest.raises(
        CandidateError, match="Cannot explain the representation of 'org/net': its gradient is not finite"
    ):
        maps_of(network(cnn(), lambda some: (some - some.detach()).sqrt().flatten(1) + some.flatten(1)))


def test_a_grey_network_has_maps_of_three_channels():
    torch.manual_seed(0)
    net = network(nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(784, 6)), size=16, channels=1)
    object.__setattr__(
        net, "transform_all", lambda some: torch.stack([rgb_to_grayscale(to_tensor(one)) for one in some])
    )
    maps = maps_of(net).maps["gradient_x_input"].astype(float)
    assert maps.shape == (5, 3, 8, 8) and np.allclose(maps[:, 0] / 0.299, maps[:, 2] / 0.114, atol=1e-2)


def test_images_of_several_sizes_in_one_batch():
    several = [*images(2, 16), *images(2, 24), *images(1, 16, seed=1)]
    torch.manual_seed(0)
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten())
    net = network(module)
    object.__setattr__(net, "transform_all", lambda some: [to_tensor(one) for one in some])
    found = attribute(net, several, Grid.for_items(several, 8), methods=("saliency",), batch_size=5)
    for row in range(len(several)):
        alone = attribute(
            net,
            several[row:],
            Grid(8, 8, tuple((image.height, image.width) for image in several[row:])),
            methods=("saliency",),
        )
        assert np.abs(alone.maps["saliency"][0].astype(float) - found.maps["saliency"][row]).max() < 1e-3


class Looks(nn.Module):
    """Sees one square of its input and nothing else."""

    def __init__(self, rows, columns):
        super().__init__()
        self.place, self.weight = (..., rows, columns), nn.Parameter(torch.ones(1))

    def forward(self, some):
        return torch.stack(
            [some[self.place].mean(dim=(1, 2, 3)) * self.weight, some[self.place].square().mean(dim=(1, 2, 3))], dim=1
        )


@pytest.mark.parametrize("method", METHODS)
def test_networks_of_32_and_224_pixels_that_look_at_one_place_have_maps_there(method):
    pictures = [image.resize((160, 128)) for image in images(2, 16)]
    grid, kept = Grid.for_items(pictures, 64), {"interpolation": "bilinear"}
    whole = {"resize": {"mode": "exact", "size": [32, 32]}, "crop": {"mode": "none"}}
    cut = {
        "resize": {"mode": "shortest_edge", "size": 256},
        "crop": {"mode": "center", "size": [224, 224], "rounding": "half_even"},
    }
    small = network(
        Looks(slice(8, 12), slice(18, 21)), size=32, **kept, **whole
    )  # 0.25 to 0.375 down, 0.5625 to 0.65625 across
    large = network(Looks(slice(48, 80), slice(132, 162)), size=224, **kept, **cut)
    resized = lambda net, *steps: object.__setattr__(  # noqa: E731
        net, "transform_all", lambda some: torch.stack([to_tensor(Compose(steps)(image)) for image in some])
    )
    resized(small, Resize((32, 32)))
    resized(large, Resize(256), CenterCrop(224))
    maps = {}
    for name, net in {"small": small, "large": large}.items():
        found = attribute(net, pictures, grid, methods=(method,)).maps[method].astype(float)
        mass = np.nan_to_num(np.abs(found)).sum(axis=1)
        assert (mass[:, 16:24, 36:42].sum(axis=(1, 2)) > 0.6 * mass.sum(axis=(1, 2))).all(), name
        assert mass[:, :14].sum() == mass[:, 26:].sum() == mass[:, :, :33].sum() == mass[:, :, 45:].sum() == 0
        assert np.isnan(found).any() == (name == "large")
        maps[name] = mass / np.linalg.norm(mass, axis=(1, 2), keepdims=True)
    if method == "saliency":
        assert ((maps["small"] * maps["large"]).sum(axis=(1, 2)) > 0.8).all()

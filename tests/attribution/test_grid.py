"""From a network's input to the grid over the image: geometry, colour, length, what was not seen."""

import numpy as np
import pytest
import torch
from PIL import Image

from hubscore.attribution.grid import LUMA, Grid, in_colour, normalised, to_grid, top_share

SQUARE = {"resize": {"mode": "exact", "size": [32, 32]}, "crop": {"mode": "none"}}
CROPPED = {
    "resize": {"mode": "shortest_edge", "size": 256},
    "crop": {"mode": "center", "size": [224, 224], "rounding": "half_even"},
}


@pytest.mark.parametrize(
    ("sizes", "most", "expected"),
    [
        ([(28, 28), (28, 28)], 64, (28, 28)),
        ([(96, 60), (40, 80)], 64, (64, 64)),
        ([(96, 60), (40, 50)], 64, (64, 60)),
        ([(96, 60), (40, 50)], None, (96, 60)),
        ([(96, 60), (40, 50)], 0, (96, 60)),
        ([(96, 60)], 8, (8, 8)),
    ],
)
def test_the_grid_is_as_fine_as_the_largest_image_and_no_finer_than_asked(sizes, most, expected):
    grid = Grid.for_items([Image.new("RGB", (width, height)) for height, width in sizes], most)
    assert (grid.height, grid.width) == expected and grid.sizes == tuple(sizes)


def test_images_of_different_sizes_lie_on_one_grid():
    grid = Grid(4, 4, ((60, 40), (40, 60), (60, 40)))
    maps = torch.randn(3, 3, 32, 32)
    together, known = to_grid(maps, [0, 1, 2], grid, SQUARE)
    assert known and together.shape == (3, 3, 4, 4)
    for row in range(3):
        alone, _ = to_grid(maps[row : row + 1], [row], grid, SQUARE)
        assert torch.allclose(alone[0], together[row], atol=1e-6)
    averages = maps.reshape(3, 3, 4, 8, 4, 8).mean(dim=(3, 5))
    assert torch.allclose(together, averages, atol=0.05)  # interpolated to the image first, so nearly


def test_what_the_crop_never_saw_is_nan_and_nothing_else():
    grid = Grid(32, 48, ((64, 96),))
    found, _ = to_grid(torch.ones(1, 2, 224, 224), [0], grid, CROPPED)
    rows = [2 <= row < 30 for row in range(32)]  # 256 px, of which 16 are cut off on each side
    columns = [10 <= column < 38 for column in range(48)]  # 384 px, of which 80
    assert np.array_equal(~np.isnan(found[0, 0].numpy()), np.outer(rows, columns))
    assert torch.allclose(found[~torch.isnan(found)], torch.tensor(1.0))


def test_networks_of_32_and_224_pixels_point_at_the_same_place():
    grid = Grid(64, 64, ((128, 128),))
    spot = {
        "small": torch.zeros(1, 3, 32, 32),
        "large": torch.zeros(1, 3, 224, 224),
        "cropped": torch.zeros(1, 3, 224, 224),
    }
    spot["small"][..., 8:12, 20:24] = 1  # a quarter down, five eighths across
    spot["large"][..., 56:84, 140:168] = 1
    spot["cropped"][..., 48:80, 144:176] = 1
    specs = {"small": SQUARE, "large": {**SQUARE, "resize": {"mode": "exact", "size": [224, 224]}}, "cropped": CROPPED}
    found = {name: torch.nan_to_num(to_grid(maps, [0], grid, specs[name])[0])[0, 0] for name, maps in spot.items()}
    for maps in found.values():
        assert float(maps[16:24, 40:48].sum() / maps.sum()) > 0.75
        for axis, middle in ((1, 20), (0, 44)):
            profile = maps.sum(dim=axis)
            assert abs(float((profile * (torch.arange(64) + 0.5)).sum() / profile.sum()) - middle) < 0.5
    assert float(torch.nn.functional.cosine_similarity(found["small"].flatten(), found["large"].flatten(), dim=0)) > 0.9


def test_an_unknown_geometry_is_told():
    spec = {"resize": {"mode": "processor"}, "crop": {"mode": "processor"}}
    found, known = to_grid(torch.ones(1, 1, 16, 8), [0], Grid(4, 4, ((30, 20),)), spec)
    assert not known and torch.allclose(found, torch.ones(1, 1, 4, 4))


def test_grey_maps_are_spread_over_the_channels():
    grey = torch.randn(2, 1, 4, 4)
    assert torch.allclose(in_colour(grey).sum(dim=1, keepdim=True), grey) and sum(LUMA) == pytest.approx(1)
    assert torch.equal(in_colour(grey.repeat(1, 3, 1, 1)), grey.repeat(1, 3, 1, 1))


def test_unit_length_over_what_was_seen():
    maps = torch.randn(3, 3, 4, 4) * torch.tensor([1e-12, 1.0, 1e12])[:, None, None, None]
    maps[:, :, 0] = torch.nan
    found = normalised(maps)
    assert (
        torch.allclose(torch.nan_to_num(found).flatten(1).norm(dim=1), torch.ones(3))
        and torch.isnan(found[:, :, 0]).all()
    )
    assert torch.equal(normalised(torch.zeros(1, 3, 2, 2)), torch.zeros(1, 3, 2, 2))


def test_float16_keeps_the_cosines_of_full_size_maps():
    generator = torch.Generator().manual_seed(0)
    first = torch.randn(1, 3, 512, 512, generator=generator) ** 3
    second = first + torch.randn(1, 3, 512, 512, generator=generator)
    exact = torch.nn.functional.cosine_similarity(first.flatten(), second.flatten(), dim=0)
    kept = (normalised(one).half().float().flatten() for one in (first, second))
    assert abs(float(torch.nn.functional.cosine_similarity(*kept, dim=0) - exact)) < 5e-5


def test_the_share_of_the_top_pixels():
    maps = torch.zeros(3, 3, 50, 50)
    maps[0] = 1.0
    maps[1, 0, 3, 3], maps[1, 1, 3, 3], maps[1, 0, 9, 9], maps[1, 2, 40, 1] = -5.0, 1.0, 3.0, 1.0
    assert torch.allclose(top_share(maps), torch.tensor([2 / 2500, 0.9, 0.0]))  # 0.1 % of 2500 pixels: two

"""Sizes of images, from the settings of processors."""

import json
import math

import pytest

from hubscore.errors import CandidateError
from hubscore.modalities.image.limits import (
    check_image_memory,
    check_pixels,
    check_settings,
    check_statistics,
    settings_of,
)
from hubscore.types import Candidate

NET = Candidate("org/net", "0" * 40, "transformers")


@pytest.mark.parametrize(("height", "width"), [(1, 10**9), (20_000, 20_000), (-5, -5), (math.nan, 4), (math.inf, 1)])
def test_images_that_no_network_takes(height, width):
    with pytest.raises(CandidateError, match="8,388,608 are the most that is taken"):
        check_pixels(NET, height, width)


@pytest.mark.parametrize(
    "settings",
    [
        {"size": 20_000},
        {"size": [20_000, 20_000]},
        {"size": {"height": 20_000, "width": 20_000}},
        {"size": {"shortest_edge": 20_000}},
        {"size": {"longest_edge": 20_000}},
        {"size": {"max_height": 10**5, "max_width": 10**5}},
        {"size": 224, "crop_size": {"height": 10**5, "width": 10**5}},
        {"pad_size": {"height": 10**5, "width": 10**5}},
        {"size": {"shortest_edge": 224}, "crop_pct": 1e-6},
        {"size": 224, "size_divisor": 10**6},
        {"size": 224, "ensure_multiple_of": math.inf},
    ],
)
def test_settings_that_ask_for_such_images(settings):
    with pytest.raises(CandidateError):
        check_settings(NET, settings)


@pytest.mark.parametrize(
    "settings",
    [
        {"size": {"height": 2560, "width": 1920}},
        {"size": {"shortest_edge": 800, "longest_edge": 1333}},
        {"size": {"shortest_edge": 256}, "crop_size": {"height": 224, "width": 224}, "crop_pct": 0.875},
        {"size": "224", "crop_size": None, "size_divisor": 32},
    ],
)
def test_settings_of_sound_processors(settings):
    check_settings(NET, settings)


@pytest.mark.parametrize("bad", [{"mean": [math.nan] * 3}, {"std": [1, 0, 1]}, {"rescale": math.inf}, {"mean": ["a"]}])
def test_images_that_would_not_be_numbers(bad):
    with pytest.raises(CandidateError, match="would not be numbers"):
        check_statistics(NET, {"mean": [0.5] * 3, "std": [0.5] * 3, "rescale": 1 / 255, **bad})


def test_statistics_may_be_left_out():
    check_statistics(NET, {"mean": None, "std": None, "rescale": None})


def test_an_image_must_fit_into_memory():
    check_image_memory(NET, {"input_size": [224, 224]})
    with pytest.raises(CandidateError, match=r"one image of 900000 x 900000 pixels on its way .* of memory, and"):
        check_image_memory(NET, {"input_size": [900_000, 900_000]})


def test_settings_are_read_where_either_file_has_them(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"size": 1}))
    (tmp_path / "b.json").write_text(json.dumps({"image_processor": {"size": 2}}))
    (tmp_path / "c.json").write_text("[")
    found = list(settings_of(tmp_path, ("a.json", "b.json", "c.json", "d.json")))
    assert [one["size"] for one in found if "size" in one] == [1, 2]

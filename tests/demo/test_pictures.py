import doctest

import numpy as np
import pytest

from hubscore.demo import display as show
from hubscore.demo.pictures import SHAPES, SIDE, STRIPES, TURNS, draw_digits, draw_shapes, draw_stripes, load_digits
from hubscore.demo.sources import SOURCES, TASK_TEXT, draw_task


def test_digits_are_those_asked_for() -> None:
    digits = load_digits(range(5, 10))
    assert sorted(set(digits.numbers.tolist())) == [5, 6, 7, 8, 9]
    assert digits.ink.shape == (896, 8, 8)
    assert (digits.ink.min(), digits.ink.max()) == (0, 1)


def test_labels_start_at_zero_and_have_names() -> None:
    digits = load_digits(range(5, 10))
    pictures = draw_digits(digits, np.arange(40), np.random.default_rng(0))
    assert pictures.classes == ("five", "six", "seven", "eight", "nine")
    assert np.array_equal(pictures.labels, digits.numbers[:40] - 5)


@pytest.mark.parametrize("task", TASK_TEXT)
def test_every_task_draws_rgb_pictures_from_its_seed(task) -> None:
    digits = load_digits(range(5))
    first, again, other = (draw_task(task, digits, 30, np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert {(image.mode, image.size) for image in first.images} == {("RGB", (SIDE, SIDE))}
    assert set(first.labels.tolist()) <= set(range(len(first.classes)))
    assert [image.tobytes() for image in first.images] == [image.tobytes() for image in again.images]
    assert [image.tobytes() for image in first.images] != [image.tobytes() for image in other.images]


def test_a_turned_digit_is_the_digit_turned() -> None:
    """Without clutter a quarter turn is exact: the darkest column of an upright one lies down."""
    ones = load_digits(range(1, 2))
    rng = np.random.default_rng(0)
    upright = draw_digits(ones, np.zeros(40, dtype=int), rng, plain=True, turns=True)
    for image, turn in zip(upright.images, upright.labels, strict=True):
        ink = 255 - np.asarray(image.convert("L"), dtype=float)
        tall = np.ptp(np.flatnonzero(ink.sum(axis=1) > 200)) > np.ptp(np.flatnonzero(ink.sum(axis=0) > 200))
        assert tall == (turn % 2 == 0)
    assert upright.classes == TURNS


def test_odd_and_even_have_two_classes() -> None:
    digits = load_digits(range(5))
    pictures = draw_task("odd-even", digits, 50, np.random.default_rng(0))
    assert pictures.classes == ("even", "odd")
    assert set(pictures.labels.tolist()) == {0, 1}


def test_shapes_and_stripes_have_their_classes() -> None:
    rng = np.random.default_rng(0)
    assert draw_shapes(5, rng).classes == SHAPES
    assert draw_stripes(5, rng).classes == STRIPES


def test_stripes_run_the_way_they_say() -> None:
    stripes = draw_stripes(60, np.random.default_rng(0))
    for image, label in zip(stripes.images, stripes.labels, strict=True):
        grey = np.asarray(image.convert("L"), dtype=float)
        across, down = np.abs(np.diff(grey, axis=1)).mean(), np.abs(np.diff(grey, axis=0)).mean()
        if STRIPES[label] == "upright":
            assert across > down
        elif STRIPES[label] == "level":
            assert down > across


def test_a_part_keeps_pictures_and_labels_together() -> None:
    pictures = draw_shapes(10, np.random.default_rng(0))
    part = pictures.part([7, 2])
    assert part.images == (pictures.images[7], pictures.images[2])
    assert part.labels.tolist() == [pictures.labels[7], pictures.labels[2]]


def test_the_networks_are_of_both_libraries_and_one_is_a_control() -> None:
    assert {source.library for source in SOURCES} == {"timm", "transformers"}
    assert [source.repo_id for source in SOURCES if source.task == "nothing"] == ["demo/resnet-untrained"]
    assert len({source.repo_id for source in SOURCES}) == len(SOURCES) == 7


def test_the_bar_example_holds() -> None:
    assert doctest.testmod(show).failed == 0

"""Pictures for the demo: scikit-learn's handwritten digits, and shapes and stripes, drawn in colour clutter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

SIDE = 32
DIGIT_NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
SHAPES = ("circle", "square", "triangle", "cross", "ring")
STRIPES = ("upright", "level", "rising", "falling")
TURNS = ("upright", "quarter", "half", "three-quarter")


@dataclass(frozen=True)
class Pictures:
    """Labelled pictures of one task.

    Attributes:
        images: RGB, ``SIDE`` pixels square.
        labels: shape (n,), integers into ``classes``.
        classes: class names, in label order.
    """

    images: tuple[Image.Image, ...]
    labels: np.ndarray
    classes: tuple[str, ...]

    def part(self, rows: Sequence[int] | np.ndarray) -> Pictures:
        """Return some rows, in the order given."""
        return Pictures(tuple(self.images[row] for row in rows), self.labels[rows], self.classes)


@dataclass(frozen=True)
class Digits:
    """Some of scikit-learn's 8 x 8 digits: ``ink`` of shape (n, 8, 8) in 0..1 and ``numbers`` of shape (n,)."""

    ink: np.ndarray
    numbers: np.ndarray


def load_digits(numbers: range) -> Digits:
    """Return the handwritten digits that show one of ``numbers``; they come with scikit-learn."""
    from sklearn.datasets import load_digits as sklearn_digits

    bunch = sklearn_digits()
    rows = np.isin(bunch.target, numbers)
    return Digits(bunch.images[rows] / 16.0, bunch.target[rows])


def draw_digits(
    digits: Digits, rows: np.ndarray, rng: np.random.Generator, *, plain: bool = False, turns: bool = False
) -> Pictures:
    """Draw one picture a row.

    Args:
        digits: where the handwriting comes from.
        rows: which digits, in order; a row may come twice and is then drawn differently.
        rng: decides angle, place, colours and clutter.
        plain: black on white and upright instead.
        turns: label by the quarter turn that the picture was given instead of by the number.
    """
    first = int(digits.numbers.min())
    turned = rng.integers(0, 4, len(rows)) if turns else np.zeros(len(rows), dtype=int)
    masks = [_handwriting(digits.ink[row], rng, steady=plain) for row in rows]
    images = tuple(_picture(np.rot90(mask, -turn), rng, plain=plain) for mask, turn in zip(masks, turned, strict=True))
    if turns:
        return Pictures(images, turned, TURNS)
    return Pictures(images, digits.numbers[rows] - first, DIGIT_NAMES[first : int(digits.numbers.max()) + 1])


def draw_shapes(count: int, rng: np.random.Generator) -> Pictures:
    """Draw circles, squares, triangles, crosses and rings in the clutter that the digits have."""
    labels = rng.integers(0, len(SHAPES), count)
    return Pictures(tuple(_picture(_shape(SHAPES[label], rng), rng) for label in labels), labels, SHAPES)


def draw_stripes(count: int, rng: np.random.Generator) -> Pictures:
    """Draw stripes in one of four directions, in the clutter that the digits have."""
    labels = rng.integers(0, len(STRIPES), count)
    return Pictures(tuple(_picture(_striped(STRIPES[label], rng), rng) for label in labels), labels, STRIPES)


def _handwriting(ink: np.ndarray, rng: np.random.Generator, *, steady: bool) -> np.ndarray:
    """Enlarge one digit to a (SIDE, SIDE) mask in 0..1, somewhat turned, scaled and shifted unless ``steady``."""
    size = 28 if steady else int(rng.integers(20, 29))
    image = Image.fromarray((ink * 255).astype(np.uint8)).resize((size, size), Image.Resampling.BICUBIC)
    canvas = Image.new("L", (SIDE, SIDE))
    shift = np.zeros(2, dtype=int) if steady else rng.integers(-3, 4, 2)
    canvas.paste(image, ((SIDE - size) // 2 + int(shift[0]), (SIDE - size) // 2 + int(shift[1])))
    if not steady:
        canvas = canvas.rotate(float(rng.uniform(-25, 25)), Image.Resampling.BILINEAR)
    return np.asarray(canvas, dtype=np.float64) / 255


def _shape(name: str, rng: np.random.Generator) -> np.ndarray:
    canvas = Image.new("L", (SIDE, SIDE))
    pen = ImageDraw.Draw(canvas)
    half = int(rng.integers(7, 13))
    x, y = (int(value) for value in rng.integers(SIDE // 2 - 3, SIDE // 2 + 4, 2))
    box = (x - half, y - half, x + half, y + half)
    if name == "circle":
        pen.ellipse(box, fill=255)
    elif name == "ring":
        pen.ellipse(box, outline=255, width=4)
    elif name == "square":
        pen.rectangle(box, fill=255)
    elif name == "triangle":
        pen.polygon([(x, y - half), (x + half, y + half), (x - half, y + half)], fill=255)
    else:
        pen.line([(x, y - half), (x, y + half)], fill=255, width=5)
        pen.line([(x - half, y), (x + half, y)], fill=255, width=5)
    turned = canvas.rotate(float(rng.uniform(-25, 25)), Image.Resampling.BILINEAR)
    return np.asarray(turned, dtype=np.float64) / 255


def _striped(name: str, rng: np.random.Generator) -> np.ndarray:
    direction = np.pi / 4 * {"upright": 0, "rising": 1, "level": 2, "falling": 3}[name] + rng.uniform(-0.25, 0.25)
    down, across = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    wave = np.sin(
        2 * np.pi * rng.uniform(3, 6) * (across * np.cos(direction) + down * np.sin(direction))
        + rng.uniform(0, 2 * np.pi)
    )
    stripes: np.ndarray = (wave + 1) / 2
    return stripes


def _picture(mask: np.ndarray, rng: np.random.Generator, *, plain: bool = False) -> Image.Image:
    """Colour a mask: ink and paper of different random colours, with blotches and grain."""
    if plain:
        return Image.fromarray((255 * (1 - mask)).astype(np.uint8)).convert("RGB")
    paper = rng.uniform(0.45, 1, 3)
    ink = paper * rng.uniform(0, 0.45, 3)
    blotches = Image.fromarray(rng.integers(0, 256, (4, 4, 3), dtype=np.uint8)).resize(
        (SIDE, SIDE), Image.Resampling.BICUBIC
    )
    ground = paper + 0.35 * (np.asarray(blotches, dtype=np.float64) / 255 - 0.5)
    coloured = ground * (1 - mask[..., None]) + ink * mask[..., None] + rng.normal(0, 0.04, (SIDE, SIDE, 3))
    return Image.fromarray((255 * coloured.clip(0, 1)).astype(np.uint8))

"""The demo's networks: which architecture, and which task it learnt before it meets the target.

The tasks were chosen by sense before anything was scored: the target's sister task, tasks that share its pictures but
not its question, tasks that share its colours but not its strokes, its strokes without the colours, and nothing at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from hubscore.demo.pictures import Digits, Pictures, draw_digits, draw_shapes, draw_stripes

if TYPE_CHECKING:
    from numpy.random import Generator

Task = Literal["digits", "odd-even", "turns", "plain", "shapes", "stripes", "nothing"]

TASK_TEXT: dict[Task, str] = {
    "digits": "digits 0-4 in the same clutter",
    "odd-even": "odd or even, of digits 0-4",
    "turns": "which way up, of digits 0-4",
    "plain": "digits 0-4, black on white",
    "shapes": "five shapes in the same clutter",
    "stripes": "which way stripes run",
    "nothing": "nothing: random weights",
}
"""What a network learnt, in plain words."""


@dataclass(frozen=True)
class Source:
    """One network of the demo.

    Attributes:
        repo_id: where it lies on the local Hub.
        library: which library its repo is for.
        architecture: a timm model name, or a transformers model type that :mod:`hubscore.demo.networks` knows.
        task: what it learns first.
    """

    repo_id: str
    library: Literal["timm", "transformers"]
    architecture: str
    task: Task


SOURCES = (
    Source("demo/resnet-digits", "timm", "test_resnet", "digits"),
    Source("demo/resnet-untrained", "timm", "test_resnet", "nothing"),
    Source("demo/efficientnet-shapes", "timm", "test_efficientnet", "shapes"),
    Source("demo/convnext-odd-even", "timm", "test_convnext", "odd-even"),
    Source("demo/resnet-t-turns", "transformers", "resnet", "turns"),
    Source("demo/resnet-t-plain", "transformers", "resnet", "plain"),
    Source("demo/regnet-t-stripes", "transformers", "regnet", "stripes"),
)


def draw_task(task: Task, digits: Digits, count: int, rng: Generator) -> Pictures:
    """Draw the training pictures of a source task.

    Args:
        task: which; ``nothing`` has pictures too (the sister task's), for the label names that a head needs.
        digits: the handwriting that sources may use; the target's is other handwriting.
        count: how many pictures.
        rng: decides everything.
    """
    if task == "shapes":
        return draw_shapes(count, rng)
    if task == "stripes":
        return draw_stripes(count, rng)
    rows = rng.integers(0, len(digits.ink), count)
    if task == "odd-even":
        pictures = draw_digits(digits, rows, rng)
        return Pictures(pictures.images, np.asarray(digits.numbers[rows]) % 2, ("even", "odd"))
    return draw_digits(digits, rows, rng, plain=task == "plain", turns=task == "turns")

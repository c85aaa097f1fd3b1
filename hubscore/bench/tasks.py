"""Random classification tasks out of one data set: subsets of its classes, with many, few or unequal training rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from hubscore.errors import DatasetError, UsageError

Draw = Literal["all", "small", "imbalanced"]
"""``all`` training rows of a class, a few of each, or for each class a number of its own."""
PER_CLASS = 5
"""Training rows of a class in a small draw, and the fewest in an imbalanced one, as in LEEP's experiments."""
TEST_SHARE = 1 / 3
"""Of every class's rows, set aside once for all tasks."""


@dataclass(frozen=True)
class Task:
    """One classification task.

    Attributes:
        number: counted from 1.
        classes: its classes, as numbers of the data set's.
        train: rows, shape (n,).
        test: rows that no task trains on, shape (m,).
    """

    number: int
    classes: tuple[int, ...]
    train: np.ndarray
    test: np.ndarray

    def relabelled(self, labels: np.ndarray) -> np.ndarray:
        """Return labels as numbers of the task's classes, counted from 0."""
        return np.searchsorted(np.array(self.classes), labels)


def draw_tasks(
    labels: np.ndarray,
    *,
    count: int,
    least: int,
    most: int,
    draw: Draw = "all",
    per_class: int = PER_CLASS,
    seed: int = 0,
) -> tuple[Task, ...]:
    """Draw tasks; the same seed draws the same, and a larger count begins with the tasks of a smaller one.

    A third of every class's rows is set aside for testing once, so that no task is tested on what another trains on.

    Args:
        labels: classes of all rows, shape (n,), integers.
        count: how many tasks.
        least: classes of a task, at least; each number from it to ``most`` is as likely.
        most: at most.
        draw: which of a class's training rows.
        per_class: rows of each class in a small draw, and the fewest in an imbalanced one.
        seed: of whatever is drawn.

    Raises:
        UsageError: no task can have so many classes.
        DatasetError: the data set has fewer classes with enough rows than a task may have.

    Example:
        >>> tasks = draw_tasks(np.arange(60) % 4, count=2, least=2, most=3, draw="small", per_class=2)
        >>> [(len(task.classes), len(task.train), len(task.test)) for task in tasks]
        [(3, 6, 15), (3, 6, 15)]
    """
    if not 2 <= least <= most or count < 1 or per_class < 1:
        why = "a task has two classes or more, and one row of each"
        raise UsageError(f"Cannot draw {count} tasks of {least} to {most} classes", why, "--tasks 50 --classes 2..5")
    rng = np.random.default_rng([seed, 0])
    train, test = _parts(np.asarray(labels), rng, per_class)
    if len(train) < most:
        what = f"Only {len(train)} classes have rows enough for tasks of {most} classes"
        why = f"each needs {per_class} rows to train on, and a third of its rows to test on"
        raise DatasetError(what, why, "--samples N, with more rows, or --classes 2..3")
    return tuple(_task(number, train, test, (least, most), draw, per_class, seed) for number in range(1, count + 1))


def _parts(
    labels: np.ndarray, rng: np.random.Generator, per_class: int
) -> tuple[dict[int, np.ndarray], dict[int, np.ndarray]]:
    """Cut every class's rows into those to train on and those to test on; classes with too few are left out."""
    train, test = {}, {}
    for label in np.unique(labels):
        rows = rng.permutation(np.flatnonzero(labels == label))
        held = max(1, round(len(rows) * TEST_SHARE))
        if len(rows) - held >= per_class:
            train[int(label)], test[int(label)] = rows[held:], rows[:held]
    return train, test


def _task(
    number: int,
    train: dict[int, np.ndarray],
    test: dict[int, np.ndarray],
    bounds: tuple[int, int],
    draw: Draw,
    per_class: int,
    seed: int,
) -> Task:
    rng = np.random.default_rng([seed, number])
    size = int(rng.integers(bounds[0], bounds[1] + 1))
    classes = sorted(int(label) for label in rng.choice(list(train), size, replace=False))
    kept = []
    for label in classes:
        rows = rng.permutation(train[label])
        many = {"all": len(rows), "small": per_class, "imbalanced": int(rng.integers(per_class, len(rows) + 1))}[draw]
        kept.append(rows[:many])
    held = np.concatenate([test[label] for label in classes])
    return Task(number, tuple(classes), np.sort(np.concatenate(kept)), np.sort(held))


def read_classes(text: str) -> tuple[int, int]:
    """Return the least and the largest number of classes.

    Raises:
        UsageError: it is neither a number nor two with dots between.

    Example:
        >>> read_classes("2..5"), read_classes("3")
        ((2, 5), (3, 3))
    """
    least, dots, most = text.strip().partition("..")
    try:
        found = int(least), int(most if dots else least)
    except ValueError:
        raise UsageError(f"Cannot read the numbers of classes '{text}'", "", "--classes 2..5") from None
    if not 2 <= found[0] <= found[1]:
        raise UsageError(f"A task cannot have {text} classes", "two are the least", "--classes 2..5")
    return found


def named(task: Task, names: Sequence[str]) -> dict[str, Any]:
    """Return a task as plain values, with the names of its classes."""
    return {
        "task": task.number,
        "classes": len(task.classes),
        "class_names": [names[label] for label in task.classes],
        "train": len(task.train),
        "test": len(task.test),
    }

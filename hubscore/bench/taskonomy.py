"""Taskonomy's published order of transfer sources, and how well a table of relations repeats it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import ArrayLike

from hubscore.bench.by_target import by_target, priorities
from hubscore.bench.priority import agreement_curve, priority_curve
from hubscore.bench.relations import chance, pr_curve
from hubscore.errors import UsageError
from hubscore.types import Json

RELEVANT = 5
"""This many of the first sources of a target are relevant (Song et al., NeurIPS 2019, section 4.2)."""
SHOWN = (1, 3, 5)
"""The K of P@K and R@K by target."""
ALIASES: Mapping[str, str] = {
    "autoencoding": "autoencoder",
    "principal_curvature": "curvature",
    "denoising": "denoise",
    "edge_texture": "edge2d",
    "edge_occlusion": "edge3d",
    "keypoints2d": "keypoint2d",
    "keypoints3d": "keypoint3d",
    "reshading": "reshade",
    "depth_zbuffer": "rgb2depth",
    "depth_euclidean": "rgb2mist",
    "normal": "rgb2sfnorm",
    "segment_unsup25d": "segment25d",
    "segment_unsup2d": "segment2d",
    "segment_semantic": "segmentsemantic",
    "class_object": "class_1000",
    "class_scene": "class_places",
    "inpainting": "inpainting_whole",
}
"""Names under which the same networks were released again."""


@dataclass(frozen=True)
class TaskonomyCheck:
    """How well a table repeats the published order.

    Attributes:
        targets: how many targets were compared.
        sources: how many sources there were.
        precision: P@K for K = 1, 2, ...
        recall: R@K for K = 1, 2, ...
        by_chance: the P@K of a random order.
        agreement: Spearman correlation with the published order over each target's first k sources, k = 2, 3, ...
        priority: the table's mean value for the source at place K of the published order, K = 1, 2, ... (the CPC).
        by_target: for each target its first choice, that source's priority, P@K and R@K, as DEPARA's Table 1.
    """

    targets: int
    sources: int
    precision: tuple[float, ...]
    recall: tuple[float, ...]
    by_chance: float
    agreement: tuple[float | None, ...]
    priority: tuple[float | None, ...]
    by_target: tuple[Json, ...] = ()

    def rows(self) -> list[Json]:
        """One line per K: P@K, R@K, the P@K of chance, the rank correlation with the order over the first K sources,
        and the mean similarity of the source at place K.
        """
        columns = zip(self.precision, self.recall, (None, *self.agreement), self.priority, strict=True)
        return [
            {
                "k": k,
                "precision": round(p, 4),
                "recall": round(r, 4),
                "precision_by_chance": round(self.by_chance, 4),
                "correlation": None if c is None else round(c, 4),
                "similarity_at_priority": None if s is None else round(s, 4),
            }
            for k, (p, r, c, s) in enumerate(columns, 1)
        ]


@cache
def order() -> Mapping[str, tuple[str, ...]]:
    """Return for each of 18 target tasks the other 19 tasks, the best transfer source first.

    Source:
        Zamir et al., CVPR 2018; the file names where the order was taken from.

    Example:
        >>> order()["autoencoder"][:2]
        ('denoise', 'inpainting_whole')
    """
    text = (files("hubscore.bench") / "data" / "taskonomy_order.csv").read_text(encoding="utf-8")
    rows = csv.reader(line for line in text.splitlines() if not line.startswith("#"))
    next(rows)
    return {row[0]: tuple(row[1:]) for row in rows}


def tasks() -> tuple[str, ...]:
    """Return all 20 tasks."""
    return tuple(dict.fromkeys(task for target, sources in order().items() for task in (target, *sources)))


def task_of(model: str) -> str | None:
    """Return the task that a model's name ends in, or none.

    Example:
        >>> task_of("someone/taskonomy-edge_texture"), task_of("someone/resnet50")
        ('edge2d', None)
    """
    name = re.sub(r"[^a-z0-9]+", "_", model.split("@")[0].rstrip("/").lower())
    known = {**{task: task for task in tasks()}, **ALIASES}
    fitting = [word for word in known if f"_{name}_".replace("_encoder_", "_").endswith(f"_{word}_")]
    return known[max(fitting, key=len)] if fitting else None


def check(models: Sequence[str], values: ArrayLike) -> TaskonomyCheck:
    """Compare a table of similarities with the published order.

    Args:
        models: names that end in a task, as ``taskonomy/edge3d``; at least seven of the 20 tasks.
        values: shape (models, models), similarities, larger is more alike.

    Returns:
        P@K and R@K with the task itself removed; of a part of the tasks, each target's first five of those present are
        relevant.

    Raises:
        UsageError: too few of the networks are there, or two of the same task.
    """
    places = _places(models)
    sources = [task for task in tasks() if task in places]
    targets = [task for task in order() if task in places]
    if len(sources) < RELEVANT + 2:
        why = (
            f"{len(sources)} of {len(models)} models end in the name of a Taskonomy task, and {RELEVANT + 2} are needed"
        )
        raise UsageError(
            "Cannot check this map against Taskonomy", why, f"name the models after the tasks: {', '.join(tasks())}"
        )
    table = np.asarray(values, dtype=np.float64)[
        np.ix_([places[task] for task in targets], [places[task] for task in sources])
    ]
    itself = np.array([[target == source for source in sources] for target in targets])
    rank = np.array([_ranks(target, sources) for target in targets])
    relevant = rank < RELEVANT
    precision, recall = pr_curve(table, relevant & ~itself, left_out=itself)
    order_of = -rank.astype(np.float64)
    return TaskonomyCheck(
        len(targets),
        len(sources),
        tuple(map(float, precision)),
        tuple(map(float, recall)),
        chance(relevant & ~itself, left_out=itself),
        _known(agreement_curve(table, order_of, left_out=itself)),
        _known(priority_curve(table, order_of, left_out=itself)),
        _by_target(targets, sources, table, relevant & ~itself, itself),
    )


def _by_target(
    targets: Sequence[str], sources: Sequence[str], table: np.ndarray, relevant: np.ndarray, itself: np.ndarray
) -> tuple[Json, ...]:
    """Return one line a target: its first choice, that source's priority in the published order, P@K and R@K."""
    precision, recall = by_target(table, relevant, left_out=itself)
    ours = priorities(table, left_out=itself)
    lines = []
    for place, target in enumerate(targets):
        first = int(np.nanargmin(ours[place]))
        named: Json = {"target": target, "first": sources[first], "priority": 1 + _ranks(target, sources)[first]}
        shares = {f"p@{k}": round(float(precision[place, k - 1]), 4) for k in SHOWN}
        lines.append({**named, **shares, **{f"r@{k}": round(float(recall[place, k - 1]), 4) for k in SHOWN}})
    return tuple(lines)


def _known(curve: np.ndarray) -> tuple[float | None, ...]:
    return tuple(float(value) if np.isfinite(value) else None for value in curve)


def _places(models: Iterable[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, model in enumerate(models):
        task = task_of(model)
        if task is not None and places.setdefault(task, place) != place:
            raise UsageError(
                "Cannot check this map against Taskonomy",
                f"two models are named after {task}",
                "remove one: --remove ID",
            )
    return places


def _ranks(target: str, sources: Sequence[str]) -> list[int]:
    """Return the place of each source among those present; the target itself comes last."""
    present = [source for source in order()[target] if source in sources]
    return [present.index(source) if source != target else len(present) for source in sources]

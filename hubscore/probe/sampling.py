"""Which rows become the probe: groups from labels, what the byte budget allows, and what remains after broken
rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from hubscore.errors import DatasetError, UsageError
from hubscore.probe.decoding import DecodedRows
from hubscore.probe.rows import Rows
from hubscore.probe.stratified import MIN_PER_CLASS, SampledRows, sample_in_rounds, sample_uniformly
from hubscore.probe.targets import Labels
from hubscore.text import amount

NAMED = 5
"""This many classes are named in a note; the rest are counted."""
TINY = 5
"""Classes with fewer rows are named with their numbers."""
UNBALANCED = 10
"""From this ratio of the largest class to the smallest on, classes are called unbalanced."""


def draw_rows(
    rows: Rows,
    column: str,
    labels: Labels | None,
    *,
    items: str,
    samples: int,
    budget: int,
    rng: np.random.Generator,
    whole: np.ndarray | None = None,
) -> SampledRows:
    """Draw the rows of the probe.

    Args:
        rows: the split.
        column: the input column, whose bytes count.
        labels: of every row that can be drawn, or none.
        items: what the rows are called, for messages: ``images``.
        samples: how many rows to draw.
        budget: most bytes to read; where the drawn rows need more, they are drawn again from what fits.
        rng: decides everything.
        whole: for each row what it is a part of, where rows are to come from as many of these as possible.

    Returns:
        The draw; what was left out is added to the notes of ``rows``.

    Raises:
        DatasetError: no labels, one class, or no two classes with two items each.
    """
    everything = np.arange(len(rows.numbers))
    if not len(everything):
        raise DatasetError("The split has no rows", "there is nothing to draw from", "--split NAME")
    draw, notes = _draw(labels, everything, samples, rng, items, whole, rows.hint)
    allowed = rows.fitting(column, draw.rows, budget, rng)
    if allowed is not None:
        if not len(allowed):
            raise UsageError(
                f"Nothing of the data set fits into {budget:,} bytes",
                "a single row or row group is larger",
                "--probe-bytes 4e9",
            )
        draw, notes = _draw(labels, allowed, samples, rng, items, whole, rows.hint)
    rows.notes.extend(notes)
    rows.notes.extend(_sizes(labels, items))
    return draw


def drop_small_classes(decoded: DecodedRows, labels: Labels | None, notes: list[str], *, items: str) -> DecodedRows:
    """Leave out classes that broken rows have brought below two.

    Args:
        decoded: what could be decoded.
        labels: of every row that can be drawn, or none.
        notes: what was left out is added here.
        items: what the rows are called, for messages.

    Returns:
        The rows to use.

    Raises:
        DatasetError: fewer than two classes remain.
    """
    if labels is None or labels.target != "classification":
        return decoded
    count = Counter(decoded.groups)
    lost = [group for group, size in count.items() if size < MIN_PER_CLASS]
    if len(count) - len(lost) < 2:
        raise DatasetError(
            "Fewer than two classes remain",
            f"the other classes' {items} are broken",
            "see which files are broken, and fix them",
        )
    if lost:
        notes.append(f"left out, too many of their {items} are broken: {_listed(labels, lost)}")
    return decoded.keep([at for at, group in enumerate(decoded.groups) if group not in lost])


def _draw(
    labels: Labels | None,
    allowed: np.ndarray,
    samples: int,
    rng: np.random.Generator,
    items: str,
    whole: np.ndarray | None,
    hint: str,
) -> tuple[SampledRows, list[str]]:
    """Draw from the allowed rows, and say what was left out."""
    if labels is None:
        draw, notes = sample_uniformly(allowed, samples, rng), []
    else:
        usable = allowed[~labels.missing[allowed]]
        if not len(usable):
            raise DatasetError(
                "The data set is unlabeled",
                f"all {len(allowed):,} labels are empty",
                "--label-column NAME, or another --split",
            )
        less = len(allowed) - len(usable)
        unlabeled = f"{amount(less, 'row without a label was', 'rows without a label were')} left out" if less else ""
        hints = "; ".join(filter(None, (unlabeled, hint)))
        draw, more = _by_label(labels, usable, samples, rng, items, whole, hints)
        notes = [*filter(None, [unlabeled]), *more]
    if len(draw.rows) < samples:
        notes.append(f"all {len(draw.rows)} usable rows were taken, fewer than the {samples} asked for")
    return draw, notes


def _by_label(
    labels: Labels,
    usable: np.ndarray,
    samples: int,
    rng: np.random.Generator,
    items: str,
    whole: np.ndarray | None,
    hint: str,
) -> tuple[SampledRows, list[str]]:
    if labels.target == "multilabel":
        return sample_in_rounds(_with_each_label(labels.values, usable), samples, rng), []
    if labels.target != "classification":
        return sample_uniformly(usable, samples, rng), []
    members = _members(labels.values[usable], usable)
    large = {group: positions for group, positions in members.items() if len(positions) >= MIN_PER_CLASS}
    _check_classes(labels, members, large, samples, items, f"; {hint}" if hint else "")
    notes = []
    if len(large) < len(members):
        notes.append(
            f"left out, fewer than {MIN_PER_CLASS} {items}:"
            f" {_listed(labels, [group for group in members if group not in large])}"
        )
    draw = sample_in_rounds(large, samples, rng, whole)
    if draw.dropped:
        were = "was" if len(draw.dropped) == 1 else "were"
        notes.append(
            f"{len(draw.dropped)} of {len(large)} classes {were} left out at random, so that each of the others has"
            f" {MIN_PER_CLASS} {items}"
        )
    return draw, notes


def _sizes(labels: Labels | None, items: str) -> list[str]:
    """Say which classes of the split are tiny, and when they are unbalanced, with numbers."""
    if labels is None or labels.target != "classification":
        return []
    groups, counts = np.unique(labels.values[~labels.missing], return_counts=True)
    sizes = sorted(
        (size, group) for size, group in zip(counts.tolist(), groups.tolist(), strict=True) if size >= MIN_PER_CLASS
    )
    tiny = [f"{labels.classes[group]} ({size})" for size, group in sizes if size < TINY]
    more = f" and {len(tiny) - NAMED} more" if len(tiny) > NAMED else ""
    notes = [f"classes with fewer than {TINY} {items}: {', '.join(tiny[:NAMED])}{more}"] if tiny else []
    (least, smallest), (most, largest) = sizes[0], sizes[-1]
    if most >= UNBALANCED * least:
        extremes = f"{labels.classes[largest]} has {most:,} {items}, {labels.classes[smallest]} {least:,}"
        notes.append(f"the classes are unbalanced: {extremes}; as many of each are drawn as there are")
    return notes


def _check_classes(
    labels: Labels, members: dict[int, np.ndarray], large: dict[int, np.ndarray], samples: int, items: str, hint: str
) -> None:
    if len(members) == 1:
        why = f"every label is {labels.classes[next(iter(members))]!r}{hint}"
        fix = (
            "add another class; or --label-column NAME, another --split, --as classes if folders say them,"
            " or rank --unlabeled"
        )
        raise DatasetError("The data set has one class", why, fix)
    if len(large) < 2:
        fix = f"add {items} to the classes, or --label-column NAME, if another column is the label"
        if all(_is_number(labels.classes[group]) for group in members):
            fix = "--target regression, if the labels are measured numbers; or --label-column NAME, another one"
        why = (
            f"{len(members)} classes for {sum(map(len, members.values()))} {items}, and {len(large)} of them with two"
            f" {items} or more{hint}"
        )
        raise DatasetError(f"Fewer than two classes have two {items}", why, fix)
    if samples < 2 * MIN_PER_CLASS:
        raise UsageError(f"{samples} samples are too few", f"two classes need two {items} each", "--samples 4")


def _is_number(name: str) -> bool:
    try:
        return float(name) == float(name)
    except ValueError:
        return False


def _members(values: np.ndarray, positions: np.ndarray) -> dict[int, np.ndarray]:
    """Return the positions of each value."""
    order = np.argsort(values, kind="stable")
    found, starts = np.unique(values[order], return_index=True)
    return dict(zip(found.tolist(), np.split(positions[order], starts[1:]), strict=True))


def _with_each_label(vectors: np.ndarray, usable: np.ndarray) -> dict[int, np.ndarray]:
    """Return the positions that have each label, and those that have none."""
    found = {label: usable[vectors[usable, label] == 1] for label in range(vectors.shape[1])}
    found[vectors.shape[1]] = usable[vectors[usable].sum(axis=1) == 0]
    return {label: positions for label, positions in found.items() if len(positions)}


def _listed(labels: Labels, groups: Sequence[int]) -> str:
    shown = ", ".join(labels.classes[group] for group in groups[:NAMED])
    return f"{shown} and {len(groups) - NAMED} more" if len(groups) > NAMED else shown

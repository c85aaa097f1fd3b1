"""How well every score of a transfer table ordered transfers, with the spread over probes.

What is held fixed in a group, and what varies in it, is PARC's choice of four:

=============  ========================  ===================================
varies         a group is                what is ordered in it
=============  ========================  ===================================
both           a target data set         all models: PARC's mean PC
source         an architecture, target   the same network, trained elsewhere
architecture   a source, target          other networks from one source
target         a model                   data sets, by how well they go
=============  ========================  ===================================
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np

from hubscore.bench.compare import KINDS, Kind, Match, match_column
from hubscore.bench.transfer_ceilings import ceilings
from hubscore.bench.transfer_table import TransferRow, TransferTable
from hubscore.errors import UsageError

Vary = Literal["both", "source", "architecture", "target"]
Measure = Literal["pearson", "kendall", "weighted_tau", "precision", "recall", "rel", "regret", "regret_at_k"]
VARY: tuple[Vary, ...] = get_args(Vary)
MEASURES: tuple[Measure, ...] = get_args(Measure)
FIXED: Mapping[str, tuple[str, ...]] = {
    "both": ("target",),
    "source": ("architecture", "target"),
    "architecture": ("source", "target"),
    "target": ("model",),
}
LEAST = 3
"""Transfers that a group needs."""


@dataclass(frozen=True)
class Spread:
    """A measure over probes.

    Attributes:
        mean: over groups and probes; none where it is defined nowhere.
        deviation: standard deviation over probes of the mean over groups (ddof 0, as PARC's code has it); none where
            there are no two probes of every group.
        groups: in how many it is defined.
    """

    mean: float | None = None
    deviation: float | None = None
    groups: int = 0


@dataclass(frozen=True)
class Line:
    """One column of the table.

    Attributes:
        name: of the score, baseline or ceiling.
        kind: what it is.
        share: of the transfers that it has a value for.
        milliseconds: for one model and probe, where that is known.
        mean: over groups, by measure.
        by_group: by group, then by measure, over probes.
    """

    name: str
    kind: Kind
    share: float = 1.0
    milliseconds: float | None = None
    mean: Mapping[str, Spread] = field(default_factory=dict)
    by_group: Mapping[str, Mapping[str, Spread]] = field(default_factory=dict)


@dataclass(frozen=True)
class Measured:
    """All columns of a table, measured.

    Attributes:
        lines: by kind, each part best first.
        vary: what varies within a group.
        groups: names of the groups, in the order of the table.
        transfers: how many there are in each.
        probes: how many there are.
        k: of P@k, R@k, rel@k and regret@k.
        relevant: how many count as truly best.
        notes: in sentences.
    """

    lines: tuple[Line, ...]
    vary: Vary
    groups: tuple[str, ...]
    transfers: Mapping[str, int]
    probes: int
    k: int
    relevant: int
    notes: tuple[str, ...] = ()


def measure(table: TransferTable, *, vary: Vary = "both", k: int = 3, relevant: int = 5) -> Measured:
    r"""Measure every column: within each group first, then the mean over groups, then mean and deviation over probes.

    With Pearson's correlation and groups of one target data set this is PARC's mean PC,

    .. math:: \frac{1}{R} \sum_r \frac{1}{T} \sum_t \rho(\{s_{rmt}\}_m, \{a_{mt}\}_m)

    with score s, accuracy a, probe r, target t and model m. A score that is undefined for some models is measured on
    the others (PARC's code takes 0 for it), and its line says for how many it is defined.

    Args:
        table: with accuracies.
        vary: what varies within a group.
        k: of P@k, R@k, rel@k and regret@k; at most the number of transfers in a group.
        relevant: how many count as truly best; at most half of a group.

    Raises:
        UsageError: sources or architectures are not known where they are needed, or no group has three transfers.

    Source:
        Bolya, Mittapalli, Hoffman (PARC), NeurIPS 2021, Eq. 2 and 5 and Table 2.

    Example:
        >>> rows = [TransferRow(m, "birds", accuracy=a, scores={"mine": s}) for m, a, s in
        ...         (("a", 0.1, 1.0), ("b", 0.2, 2.0), ("c", 0.4, 3.0))]
        >>> made = measure(TransferTable(tuple(rows), {"mine": "score"}))
        >>> round(made.lines[0].mean["pearson"].mean, 3)
        0.982
    """
    groups, few = _groups(table, vary)
    probes = table.probes
    there = {name for rows in groups.values() for row in rows for name in row.scores}
    lines = [
        _line(name, kind, _matches(table, name, groups, vary, k, relevant), table, groups)
        for name, kind in table.kinds.items()
        if name in there
    ]
    if vary == "both":
        found = ceilings(table, groups, k, relevant)
        most = [Line(name, "ceiling", 1.0, None, *_spreads(each)) for name, each in found.items()]
        lines += [line for line in most if line.mean["pearson"].mean is not None]
    notes = list(table.notes)
    if without := [name for name in table.kinds if name not in there]:
        notes.append(f"No transfer has a value of {', '.join(without)}.")
    if few:
        notes.append(f"{few} of {few + len(groups)} groups have fewer than {LEAST} transfers and are left out.")
    return Measured(
        tuple(sorted(lines, key=_place)),
        vary,
        tuple(groups),
        {name: len({_item(row, vary) for row in rows}) for name, rows in groups.items()},
        probes,
        k,
        relevant,
        tuple(notes),
    )


def _groups(table: TransferTable, vary: Vary) -> tuple[dict[str, list[TransferRow]], int]:
    """Return the rows of each group by its name, and how many groups are too small."""
    found: dict[str, list[TransferRow]] = {}
    for row in table.rows:
        parts = [getattr(row, name) for name in FIXED[vary]]
        if None in parts:
            lacking = FIXED[vary][parts.index(None)]
            what = f"Cannot vary {vary}: no {lacking} of {row.model} is known"
            raise UsageError(what, "neither scores nor accuracies say", f"add a column '{lacking}' to --truth FILE.csv")
        found.setdefault(", ".join(parts), []).append(row)
    kept = {name: rows for name, rows in found.items() if len({_item(row, vary) for row in rows}) >= LEAST}
    if not kept:
        why = f"transfers that share {' and '.join(FIXED[vary])} are a group, and there are {len(found)}"
        fix = "add models" if vary == "both" else "--vary both"
        raise UsageError(f"No group has {LEAST} transfers", why, fix)
    return kept, len(found) - len(kept)


def _item(row: TransferRow, vary: Vary) -> str:
    return row.target if vary == "target" else row.model


def _matches(
    table: TransferTable, name: str, groups: Mapping[str, Sequence[TransferRow]], vary: Vary, k: int, relevant: int
) -> dict[str, list[Match | None]]:
    """Return one column's match in every group on every probe; none where the group has no such probe."""
    found: dict[str, list[Match | None]] = {}
    for group, rows in groups.items():
        each: list[Match | None] = [None] * table.probes
        for probe in sorted({row.probe for row in rows}):
            mine = [row for row in rows if row.probe == probe]
            accuracies = {_item(row, vary): row.accuracy for row in mine if row.accuracy is not None}
            values = {_item(row, vary): value for row in mine if (value := table.turned(row, name)) is not None}
            each[probe] = _matched(name, table.kinds[name], values, accuracies, k, relevant)
        found[group] = each
    return found


def _matched(
    name: str, kind: Kind, values: Mapping[str, float], accuracies: Mapping[str, float], k: int, relevant: int
) -> Match | None:
    if len(accuracies) < LEAST:
        return None
    best = max(1, min(relevant, len(accuracies) // 2))
    return match_column(name, kind, values, accuracies, min(k, len(accuracies)), best)


def _line(
    name: str,
    kind: Kind,
    matches: Mapping[str, Sequence[Match | None]],
    table: TransferTable,
    groups: Mapping[str, Sequence[TransferRow]],
) -> Line:
    rows = [row for each in groups.values() for row in each]
    defined = sum(name in row.scores for row in rows)
    return Line(
        name,
        kind,
        defined / len(rows),
        table.milliseconds.get(name),
        *_spreads(matches),
    )


def _spreads(
    matches: Mapping[str, Sequence[Match | None]],
) -> tuple[dict[str, Spread], dict[str, dict[str, Spread]]]:
    """Return means over groups and, by group, over probes."""
    mean: dict[str, Spread] = {}
    by_group: dict[str, dict[str, Spread]] = {group: {} for group in matches}
    for name in MEASURES:
        values = np.array(
            [[np.nan if (one := _value(match, name)) is None else one for match in each] for each in matches.values()]
        )
        mean[name] = _over(values)
        for group, row in zip(matches, values, strict=True):
            by_group[group][name] = _over(row[None])
    return mean, by_group


def _value(match: Match | None, name: str) -> float | None:
    value: float | None = None if match is None else getattr(match, name)
    return value


def _over(values: np.ndarray) -> Spread:
    """Return the spread of a table of shape (groups, probes), NaN where undefined."""
    known = values[~np.isnan(values).all(axis=1)]
    if not len(known):
        return Spread()
    mean = float(np.nanmean(known, axis=1).mean())
    runs = known[:, ~np.isnan(known).any(axis=0)].mean(axis=0)
    return Spread(mean, float(runs.std()) if len(runs) > 1 else None, len(known))


def _place(line: Line) -> tuple[int, float, str]:
    pearson = line.mean["pearson"].mean
    return KINDS.index(line.kind), 2.0 if pearson is None else round(-pearson, 9), line.name

"""A plan in words: names, sizes, estimated minutes, and what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hubscore.candidates.race_work import RaceWork
from hubscore.modalities.registry import MODALITIES
from hubscore.text import DASH, amount, clean, count, duration

if TYPE_CHECKING:
    from hubscore.candidates.candidate_set import CandidateSet
    from hubscore.candidates.plan import Plan
    from hubscore.candidates.plan_row import PlanRow
    from hubscore.types import Probe


def size(value: float | None) -> str:
    """Write bytes in the Hub's decimal units.

    Example:
        >>> size(13_400_000), size(2_500_000_000), size(None)
        ('13.4 MB', '2.50 GB', '-')
    """
    if value is None:
        return DASH
    for unit, letter in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if value >= unit:
            return f"{value / unit:.3g} {letter}" if value >= 100 * unit else f"{value / unit:#.3g} {letter}"
    return f"{value:.0f} B"


def probe_lines(probe: Probe) -> list[str]:
    """Return what is said of a probe: how many rows, what is the label, and what was guessed or left out."""
    items = MODALITIES.get(probe.modality).nouns[1]
    classes = f" of {len(probe.classes)} classes" if probe.classes else ""
    whole = f" from {probe.population:,} rows" if probe.population else ""
    first = f"Probe: {len(probe)} {items}{classes}{whole} ({clean(probe.dataset)}, {clean(probe.split)})"
    return [first, *(f"  {clean(note)}" for note in probe.notes)]


def plan_columns(plan: Plan) -> dict[str, list[str]]:
    """Return the candidates of a plan as columns for the terminal: cells by title."""
    return {
        "MODEL": [clean(row.model) for row in plan.rows],
        "FAMILY": [clean(row.family or "") or DASH for row in plan.rows],
        "LICENCE": [clean(row.license or "") or DASH for row in plan.rows],
        "PARAMS": [count(row.parameters) for row in plan.rows],
        "SIZE": [_size(row) for row in plan.rows],
        "TO DOWNLOAD": [size(row.to_download) for row in plan.rows],
    }


def plan_lines(plan: Plan) -> list[str]:
    """Return what a run says before it starts: the candidates by name and the totals."""
    lines = [f"  {clean(row.model)} ({count(row.parameters)} parameters, {_size(row)})" for row in plan.rows]
    return [f"Candidates: {len(plan.rows)}", *lines, *totals(plan), *impossible(plan)]


def totals(plan: Plan) -> list[str]:
    """Return a plan's totals, and what a search left out."""
    about = "about " if plan.estimated else ""
    rows = f"{plan.samples} rows each, twice" if plan.layers else f"{plan.samples} rows each"
    lines = [
        f"To download: {about}{size(plan.bytes_to_download)} ({size(plan.bytes_cached)} here already)",
        f"Estimated time: {duration(plan.minutes * 60)} for {rows}, download included "
        f"({'from a test of this machine; ' if plan.measured else ''}it may be half or twice that)",
        _disk(plan),
    ]
    lines[2:2] = stored_lines(plan)
    if plan.finetune_top:
        models = "first" if plan.finetune_top == 1 else f"first {plan.finetune_top}"
        lines.insert(len(lines) - 1, f"Training the {models} afterwards: about {duration(plan.finetune_seconds)} more")
    if plan.race is not None:
        lines += race_lines(plan.race)
    if plan.left_out:
        lines.append(f"Left out of {plan.examined} listed:")
        lines += [
            f"  {len(names)} {clean(reason)}: {_few(names)}"
            for reason, names in sorted(plan.left_out.items(), key=lambda item: -len(item[1]))
        ]
    if plan.scanned_out:
        lines.append(
            f"The search stopped after {plan.examined} listed repos; --scan {10 * plan.examined} looks at more"
        )
    elif plan.more:
        lines.append("The Hub lists more; --limit takes more of them")
    return lines


def stored_lines(plan: Plan) -> list[str]:
    """Say of how many candidates the feature cache holds something, which the estimated time takes into account."""
    whole, partly = plan.stored
    if not whole + partly:
        return []
    told = []
    if whole:
        fetched = any(row.fetched and row.stored == 1 for row in plan.rows)
        saved = "no extraction" if fetched else "no extraction and no download of weights"
        told.append(f"{whole} of {amount(len(plan.rows), 'candidate', 'candidates')}, which cost {saved}")
    if partly:
        told.append(f"part of {partly}" + ("" if whole else f" of {amount(len(plan.rows), 'candidate', 'candidates')}"))
    return [f"In the feature cache already: {'; '.join(told)}"]


def race_lines(race: RaceWork) -> list[str]:
    r"""Say who runs over how many rows, and how many forward passes that may come to.

    Example:
        >>> print(*race_lines(RaceWork(100, 500, (50, 125, 312), least=6)), sep="\n")
        Race: 100 candidates run over 50 rows, those that may still be among the first over 125, 312, 500
          7,700 to 50,000 rows go through networks (bounds); the estimated time is for 50,000. --no-race declines
    """
    further = ", ".join(map(str, (*race.stages[1:], race.samples)))
    first = f"Race: {race.candidates} candidates run over {race.stages[0]} rows"
    again = ", and the last once more for the kernels of their layers" if race.layers else ""
    return [
        f"{first}, those that may still be among the first over {further}{again}",
        f"  {race.fewest:,} to {race.most:,} rows go through networks (bounds); the estimated time is for"
        f" {race.most:,}. --no-race declines",
    ]


def _disk(plan: Plan) -> str:
    """Say what the disk must take, and what it has."""
    about = "about " if plan.estimated else ""
    line = f"Disk: {about}{size(plan.bytes_to_download)} more, or {about}{size(plan.peak)} with --evict"
    if plan.free is None:
        return line
    short = ""
    if plan.bytes_to_download > plan.free:
        short = ": too little" if plan.peak > plan.free else ": too little without --evict"
    return f"{line}; {size(plan.free)} free{short}"


def over_budget(plan: Plan, budget_gb: float) -> list[str]:
    """Return one line when a run would ask before it downloads that much."""
    if plan.bytes_to_download <= budget_gb * 1e9:
        return []
    return [f"That is over the budget of {budget_gb:g} GB: rank will ask, or take --yes or a larger --budget-gb"]


def impossible(plan: Plan | CandidateSet) -> list[str]:
    """Return one line for each candidate that was named and cannot be ranked."""
    return [f"Cannot be ranked: {clean(item.model)}: {clean(item.reason)}" for item in plan.skipped]


def _few(names: Sequence[str], shown: int = 5) -> str:
    rest = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(clean(name) for name in names[:shown]) + rest


def _size(row: PlanRow) -> str:
    return f"about {size(row.bytes)}" if row.estimated else size(row.bytes)

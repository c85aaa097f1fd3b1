"""The table of a comparison with the truth."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from rich.table import Table
from rich.text import Text

from hubscore.bench.compare import Comparison, Match
from hubscore.text import DASH, clean

STYLES = {
    "combined accuracy": "bold green",
    "expected accuracy": "bold green",
    "consensus": "bold",
    "score": "",
    "baseline": "dim",
    "ceiling": "italic",
}


def comparison_table(comparison: Comparison) -> Table:
    """Return one line per column of the ranking: how well it ordered the models."""
    k = comparison.k
    columns = {
        "WEIGHTED_TAU": lambda match: hundredths(match.weighted_tau),
        "TAU_B": lambda match: hundredths(match.kendall),
        "PEARSON": lambda match: hundredths(match.pearson),
        f"P@{k}": lambda match: hundredths(match.precision),
        f"R@{k}": lambda match: hundredths(match.recall),
        "POINTS_LOST": lambda match: points(match.regret),
        "MODELS": lambda match: str(match.models),
    }
    if any(match.mean_pc is not None for match in comparison.matches):  # a ranking over several probes
        columns["MEAN_PC"] = _mean_pc
    return _table(with_ceiling(comparison), columns)


def _mean_pc(match: Match) -> str:
    if match.mean_pc is None or match.mean_pc_sd is None:
        return DASH
    return f"{100 * match.mean_pc:.1f}±{100 * match.mean_pc_sd:.1f}"


def with_ceiling(comparison: Comparison) -> tuple[Match, ...]:
    """Return every line, with what could be had at most: a perfect order, simulated, and another run of fine-tuning."""
    noise, count = comparison.noise, len(comparison.accuracies)
    if noise is None:
        return comparison.matches
    most = noise.ceiling
    lines = [
        Match("perfect order", "ceiling", count, most.weighted_tau, pearson=most.pearson, regret=most.regret),
        Match("another run", "ceiling", count, noise.rerun_tau),
    ]
    return (*comparison.matches, *(line for line in lines if line.weighted_tau is not None))


def short_table(comparison: Comparison, scores: Collection[str]) -> Table:
    """Return the orders that a newcomer should see: the consensus, some scores, and the baselines that have an order.

    Args:
        comparison: what is shown.
        scores: which scores.
    """
    shown = [
        match
        for match in comparison.matches
        if match.kind in ("combined accuracy", "expected accuracy", "consensus")
        or match.name in scores
        or (match.kind == "baseline" and match.weighted_tau is not None)
    ]
    columns = {
        "TAU_B": lambda match: hundredths(match.kendall),
        "WEIGHTED_TAU": lambda match: hundredths(match.weighted_tau),
        "PEARSON": lambda match: hundredths(match.pearson),
        "POINTS_LOST": lambda match: points(match.regret),
    }
    return _table(shown, columns)


def hundredths(value: float | None) -> str:
    """Write a correlation or a share.

    Example:
        >>> hundredths(0.714), hundredths(-0.001), hundredths(None)
        ('0.71', '0.00', '-')
    """
    return DASH if value is None else f"{value:.2f}".replace("-0.00", "0.00")


def points(share: float | None) -> str:
    """Write a difference of accuracies in percentage points.

    Example:
        >>> points(0.105), points(None)
        ('10.5', '-')
    """
    return DASH if share is None else f"{100 * share:.1f}"


def _table(matches: Sequence[Match], columns: Mapping[str, Callable[[Match], str]]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("ORDER BY", no_wrap=True)
    for header in columns:
        table.add_column(header, justify="right", no_wrap=True)
    before: str | None = None
    for match in matches:
        if before not in (None, match.kind):
            table.add_row("")
        before = match.kind
        cells = (clean(match.name), *(cell(match) for cell in columns.values()))
        table.add_row(*(Text(cell, style=STYLES[match.kind]) for cell in cells))
    return table


def undefined_lines(comparison: Comparison) -> list[str]:
    """Say why measures are missing, one line per reason."""
    names: dict[str, list[str]] = {}
    for match in comparison.matches:
        for reason in dict.fromkeys(match.undefined.values()):
            names.setdefault(reason, []).append(match.name)
    return [f"No value for {', '.join(who)}: {reason}" for reason, who in names.items()]


def records(matches: Sequence[Match]) -> list[dict[str, object]]:
    """Return the lines as plain values, for the modes without a table."""
    return [
        {
            "name": match.name,
            "kind": match.kind,
            "models": match.models,
            "weighted_tau": match.weighted_tau,
            "kendall": match.kendall,
            "by_chance": match.by_chance,
            "pearson": match.pearson,
            "precision": match.precision,
            "recall": match.recall,
            "rel": match.rel,
            "regret": match.regret,
            "regret_at_k": match.regret_at_k,
            "mean_pc": match.mean_pc,
            "mean_pc_sd": match.mean_pc_sd,
        }
        for match in matches
    ]

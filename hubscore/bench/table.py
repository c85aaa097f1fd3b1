"""The table of a comparison with the truth."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rich.table import Table
from rich.text import Text

from hubscore.bench.compare import Comparison, Match
from hubscore.report.text import DASH, clean

STYLES = {"consensus": "bold green", "score": "", "baseline": "dim"}


def comparison_table(comparison: Comparison, *, only: Collection[str] | None = None) -> Table:
    """Return one line a column of the ranking: how well it ordered the models.

    Args:
        comparison: what is shown.
        only: scores to show; the consensus and the baselines are always there.
    """
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("ORDER BY", no_wrap=True)
    k = comparison.k
    for header in ("WEIGHTED_TAU", "TAU_B", "PEARSON", f"P@{k}", f"R@{k}", "POINTS_LOST", "MODELS"):
        table.add_column(header, justify="right", no_wrap=True)
    before: str | None = None
    for match in comparison.matches:
        if match.kind == "score" and only is not None and match.name not in only:
            continue
        if before not in (None, match.kind):
            table.add_row("")
        before = match.kind
        cells = (match.weighted_tau, match.kendall, match.pearson, match.precision, match.recall)
        table.add_row(
            Text(clean(match.name), style=STYLES[match.kind]),
            *(Text(DASH if cell is None else f"{cell:.2f}", style=STYLES[match.kind]) for cell in cells),
            Text(DASH if match.regret is None else f"{100 * match.regret:.1f}", style=STYLES[match.kind]),
            Text(str(match.models), style="dim"),
        )
    return table


def undefined_lines(comparison: Comparison) -> list[str]:
    """Say why measures are missing, one line a reason."""
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
        }
        for match in matches
    ]

"""Expected accuracies as bars of characters, all on one scale, for terminals."""

from __future__ import annotations

from collections.abc import Sequence

from hubscore.types import Row

CELLS = 20


def estimate_bars(rows: Sequence[Row], cells: int = CELLS) -> tuple[str, list[str]]:
    """Draw expected accuracies with their intervals.

    Args:
        rows: of a ranking.
        cells: width of the scale, which reaches from the lowest end of an interval to the highest.

    Returns:
        What the scale reaches from and to, and a bar per row, empty where there is no expected accuracy.

    Example:
        >>> first = Row(1, "org/a", "", "timm", expected=0.9, expected_ci=(0.8, 1.0))
        >>> second = Row(2, "org/b", "", "timm", expected=0.6, expected_ci=(0.5, 0.7))
        >>> estimate_bars([first, second], cells=11)
        ('50..100 %', ['      --o--', '--o--'])
    """
    bounds = [row.expected_ci or (row.expected, row.expected) for row in rows if row.expected is not None]
    if not bounds:
        return "", [""] * len(rows)
    lowest, highest = min(low for low, _ in bounds), max(high for _, high in bounds)
    width = (highest - lowest) or 1.0

    def place(share: float) -> int:
        return round((cells - 1) * (share - lowest) / width)

    bars = []
    for row in rows:
        if row.expected is None:
            bars.append("")
            continue
        low, high = row.expected_ci or (row.expected, row.expected)
        first, middle, last = place(low), place(row.expected), place(high)
        bars.append(" " * first + "-" * (middle - first) + "o" + "-" * (last - middle))
    return f"{100 * lowest:.0f}..{100 * highest:.0f} %", bars

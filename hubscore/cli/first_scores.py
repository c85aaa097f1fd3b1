"""The scores of the candidates so far, as rows that grow on a terminal while a run goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from hubscore.text import clean

if TYPE_CHECKING:
    from rich.table import Table

FIRST_LOOK = ("kernel_probe", "layer_kernel_probe", "logme")
"""The scores that are shown of a candidate while the others are still running, where it has them."""
MOST_SHOWN = 3
UNDEFINED = "no score is defined for it alone"


class FirstScores:
    """Keeps the scores that each candidate has by itself, and orders the candidates by the first of them.

    A first look: the ranking itself compares all scores when all candidates are there.
    """

    def __init__(self) -> None:
        self._rows: dict[str, Mapping[str, float]] = {}

    def add(self, model: str, values: Mapping[str, float]) -> None:
        """Take in a candidate's scores."""
        self._rows[model] = values

    def __len__(self) -> int:
        return len(self._rows)

    def table(self, most: int) -> Table:
        """Return the best rows so far, and how many more there are.

        Args:
            most: lines, the header and the last line included; three at least.
        """
        from rich.table import Table
        from rich.text import Text

        names = self._names()
        models = self._ordered(names[0] if names else None)
        room = max(2, most - 1)
        shown = models if len(models) <= room else models[: room - 1]
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim bold")
        table.add_column("SO FAR", style="dim", no_wrap=True, overflow="ellipsis", ratio=1)
        for name in names:
            table.add_column(name.upper(), style="dim", justify="right", no_wrap=True)
        for model in shown:
            values = self._rows[model]
            cells = [f"{values[name]:.4g}" if name in values else "" for name in names]
            table.add_row(Text(clean(model)), *cells)
        if len(shown) < len(models):
            table.add_row(Text(f"and {len(models) - len(shown)} more"))
        return table

    def _names(self) -> list[str]:
        """Return the names of the columns: the first look's that any row has, else what most rows have."""
        having = Counter(name for values in self._rows.values() for name in values)
        chosen = [name for name in FIRST_LOOK if name in having]
        return (chosen or [name for name, _ in having.most_common()])[:MOST_SHOWN]

    def _ordered(self, name: str | None) -> list[str]:
        if name is None:
            return list(self._rows)
        sign = 1.0 if _lower_is_better(name) else -1.0
        missing = (True, 0.0)
        keys = {model: (False, sign * row[name]) if name in row else missing for model, row in self._rows.items()}
        return sorted(self._rows, key=keys.__getitem__)


def first_look(values: Mapping[str, float]) -> str:
    """Return the first scores of one candidate in a line.

    Example:
        >>> first_look({"knn": 0.5, "logme": 1.23456, "kernel_probe": 0.75})
        'kernel_probe 0.75, logme 1.235'
    """
    chosen = [name for name in FIRST_LOOK if name in values] or list(values)[:MOST_SHOWN]
    return ", ".join(f"{name} {values[name]:.4g}" for name in chosen[:MOST_SHOWN]) or UNDEFINED


def _lower_is_better(name: str) -> bool:
    from hubscore.scores.info import SCORES

    plain = name.partition("@")[0]
    return any(score.name == plain and score.direction == "lower" for score in SCORES)

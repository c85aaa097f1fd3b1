"""What a history holds, as `hubscore history` shows it: a line for each data set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hubscore.cli.output import Output
from hubscore.text import amount

if TYPE_CHECKING:
    from rich.console import RenderableType

    from hubscore.recommend.history import History
    from hubscore.recommend.transfer_space import TransferSpace

_BY_WORTH = ("MODELS", "MEASURED", "ESTIMATED", "MEAN", "BEST", "CLASSES", "SAMPLES", "PROXY")


def show_history(output: Output, made: History, space: TransferSpace | None, name: str) -> None:
    """Write what a history holds: a line for each data set, and the rest beside it."""
    rows = _tasks(made)
    output.rows(rows, id_key="dataset", human=lambda width: _table(rows, width))
    output.note(f"{name}: {made.words}")
    for note in made.notes:
        output.note(note)
    if space is not None:
        how = "converged" if space.converged else "did not converge"
        dimensions = amount(space.rank, "dimension", "dimensions")
        output.note(f"Transfer space of {dimensions}, objective {space.objective:.5g}, {how}")


def _table(rows: Sequence[dict[str, Any]], width: int) -> RenderableType:
    """Return the table that a person sees; what nobody knows has no column."""
    from hubscore.cli.fitting_table import fitting_table
    from hubscore.text import DASH, number

    told = {key: [DASH if row[key] is None else row[key] for row in rows] for key in rows[0] if key != "dataset"}
    cells = {
        key.upper(): [number(cell) if isinstance(cell, float) else str(cell) for cell in column]
        for key, column in told.items()
        if any(cell not in (DASH, 0) for cell in column)
    }
    worth = [key for key in _BY_WORTH if key in cells]
    columns = {"DATASET": [row["dataset"] for row in rows], **cells}
    return fitting_table(
        columns, width, worth=("DATASET", *worth), always=("DATASET",), left=("DATASET", "BEST", "PROXY")
    )


def _tasks(made: History) -> list[dict[str, Any]]:
    from hubscore.recommend.history import TaskFacts
    from hubscore.text import clean

    rows = []
    for place, task in enumerate(made.tasks):
        facts = made.task_facts.get(task, TaskFacts(task))
        column, kinds = made.values[:, place], made.kinds[:, place]
        known = column[kinds > 0]
        told_apart = len(known) == 1 or (len(known) > 1 and known.min() < known.max())
        best = int((kinds > 0).nonzero()[0][known.argmax()]) if told_apart else None
        rows.append(
            {
                "dataset": clean(task),
                "models": len(known),
                "measured": int((kinds == 2).sum()),
                "estimated": int((kinds == 1).sum()),
                "classes": facts.classes,
                "samples": facts.samples,
                "mean": round(float(known.mean()), 4) if len(known) else None,
                "best": None if best is None else clean(made.models[best]),
                "proxy": made.task_vectors[task].proxy if task in made.task_vectors else None,
            }
        )
    return rows

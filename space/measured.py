"""What was measured of some models, on how many rows, and on how many the estimates of the others rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
from text import DASH, count, h, known, percent

Row = dict[Any, Any]


def any_measured(rows: pd.DataFrame) -> bool:
    """Whether some of these models were fine-tuned briefly."""
    return bool(rows["measured_accuracy"].notna().any())


def titles(rows: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Return the columns of a ranking in which some were: nothing to sort by, title and class."""
    return [("", "estimate and measurement", ""), ("", "measured", "")] if any_measured(rows) else []


def cells(row: Row) -> str:
    """Return the cells below these titles."""
    return f"<td>{combined(row)}</td><td>{reached(row)}</td>"


def combined(row: Row) -> str:
    """Write the estimate of which a measurement is a part."""
    return percent(row["combined"]) if known(row["combined"]) else DASH


def reached(row: Row) -> str:
    """Write what a short fine-tuning reached, and on how many rows."""
    if not known(row["measured_accuracy"]):
        return DASH
    rows = f" of {row['measured_images']:.0f}" if known(row["measured_images"]) else ""
    return f"{percent(row['measured_accuracy'])}{rows}"


def looked_at(row: Row) -> str:
    """Write how many rows the estimates of a model rest on."""
    return count(row["rows"] if known(row["rows"]) else row["samples"])


def words(rows: pd.DataFrame) -> str:
    """Say how many models were measured, on how many rows, and how many declare this data; nothing where none."""
    told = []
    done = rows[rows["measured_accuracy"].notna()]
    if len(done):
        few = sorted(set(done["measured_images"].dropna().astype(int)))
        on = f" on {few[0]}{f' to {few[-1]}' if len(few) > 1 else ''} rows" if few else ""
        were = "models were" if len(done) > 1 else "model was"
        told.append(f"{len(done)} {were} fine-tuned briefly and measured{on}; every other number is an estimate.")
    own = int((rows["declares_this_data"] == 1).sum())
    if own:
        declare = "models declare" if own > 1 else "model declares"
        told.append(f"{own} {declare} this data: such a model looks better here than on other rows.")
    return "".join(f"<p>{h(line)}</p>" for line in told)


def facts(rows: pd.DataFrame) -> list[tuple[str, Callable[[Row], str]]]:
    """Return the lines of a comparison: what was measured, where anything was, and on what the estimates rest."""
    both = [("measured accuracy, on how many rows", reached), ("estimate and measurement (estimate)", combined)]
    return [*(both if any_measured(rows) else []), ("rows looked at", looked_at)]

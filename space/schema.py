"""The columns that the page knows, and how files of older and newer layouts are made to fit."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from column_table import flat_kinds
from text import clean

PARQUET = "leaderboard.parquet"
SCHEMA = 1
"""The newest layout that this page knows; every number up to it can be shown."""

TEXT = tuple(name for name, kind in flat_kinds("leaderboard").items() if kind == "text")
NUMBERS = tuple(name for name, kind in flat_kinds("leaderboard").items() if kind != "text")
LATER = frozenset(
    {"label", "ordered_by", "publisher", "p_best", "shortlist", "measured_images"}
    | {f"expected{end}" for end in ("", "_lo", "_hi", "_sd")}
)
"""Columns that came later and whose lack is no loss worth a notice."""
BOARD = ("dataset", "config", "split", "revision", "fingerprint")


class UnreadableError(ValueError):
    """The results cannot be read; the text says why in words for visitors."""


def table_of(content: bytes) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Read ``leaderboard.parquet`` of any schema.

    Returns:
        The table with every column that the page knows and no other, and notes on what was missing or is newer.

    Raises:
        UnreadableError: it is not a leaderboard at all.
    """
    frame = pq.read_table(pa.BufferReader(content)).to_pandas().reset_index(drop=True)
    if "model" not in frame or "dataset" not in frame:
        raise UnreadableError(f"{PARQUET} has no columns 'dataset' and 'model'")
    aliases = {
        "consensus_low": "consensus_lo",
        "consensus_high": "consensus_hi",
        "rank_low": "rank_lo",
        "rank_high": "rank_hi",
    }
    frame = frame.rename(columns={old: new for old, new in aliases.items() if old in frame and new not in frame})
    missing = [name for name in (*TEXT, *NUMBERS) if name not in frame and name not in LATER]
    numeric = [name for name in frame if name in NUMBERS or name.startswith(("score_", "sd_", "baseline_", "tau_"))]
    columns: dict[str, Any] = {name: frame.get(name, pd.Series("", index=frame.index)) for name in TEXT}
    columns |= {
        name: pd.to_numeric(frame.get(name, pd.Series(float("nan"), index=frame.index)), errors="coerce")
        for name in NUMBERS
    }
    columns |= {name: pd.to_numeric(frame[name], errors="coerce") for name in numeric}
    table = pd.DataFrame(columns, index=frame.index)
    for name in TEXT:
        table[name] = (
            table[name].map(lambda value: "" if value is None or value != value else clean(value)).astype(object)
        )
    return table, _notes(table, missing)


def _notes(table: pd.DataFrame, missing: list[str]) -> tuple[str, ...]:
    if not len(table):
        return ()
    newest = table["schema"].max()
    if newest > SCHEMA:
        told = f"schema {newest:.0f}, this page knows {SCHEMA}"
        return (
            (
                f"Some of these results were written by a newer hubscore ({told}): what the page does not know is not"
                " shown."
            ),
        )
    if missing:
        told = ", ".join(missing[:6]) + (" …" if len(missing) > 6 else "")
        return (
            (
                f"These results were written by an older hubscore and lack some columns ({told}); they are shown as"
                " unknown."
            ),
        )
    return ()


def empty_table() -> pd.DataFrame:
    """Return a table with every column and no line."""
    text = {name: pd.Series([], dtype=object) for name in TEXT}
    return pd.DataFrame(text | {name: pd.Series([], dtype=float) for name in NUMBERS})

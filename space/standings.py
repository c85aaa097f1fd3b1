"""How models stood on some data sets: the mean of their standings recommends them for data like those."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from boards import Board

CLIP = 3.0
"""No single data set may count for more."""
FACTS = ("model", "model_revision", "library", "family", "license", "parameters", "bytes")


@dataclass(frozen=True)
class Standings:
    """Models over the data sets that count.

    Attributes:
        datasets: their names, in the order of the boards.
        rows: one line a model, best first, with ``standing``, ``datasets`` (on how many), :data:`FACTS`, and for each
            data set the place there as ``place:NAME``.
    """

    datasets: tuple[str, ...]
    rows: pd.DataFrame


def standings(boards: Sequence[Board], like: Sequence[str]) -> Standings:
    """Return how models stood on the boards of these keys, on all where none is known.

    A standing is z among the models of one board, all runs over its rows together: by expected accuracy where there
    is, else by consensus; clipped at 3. Of several probes of one data set the mean counts. All are estimates.
    """
    chosen = [board for board in boards if board.key in like] or list(boards)
    parts = [_of_pool(board.dataset, board.pool) for board in chosen]
    lines = pd.concat(parts) if parts else pd.DataFrame(columns=[*FACTS, "dataset", "z", "place", "date"])
    datasets = tuple(dict.fromkeys(board.dataset for board in chosen))
    newest = lines.sort_values("date", kind="stable")
    means = lines.groupby(["model", "dataset"])["z"].mean().unstack()
    rows = newest.drop_duplicates("model", keep="last").set_index("model", drop=False)[list(FACTS)]
    rows["standing"] = means.mean(axis=1)
    rows["datasets"] = means.notna().sum(axis=1)
    for name in datasets:
        of_it = newest[newest["dataset"] == name].drop_duplicates("model", keep="last").set_index("model")
        rows[f"place:{name}"] = of_it["place"].reindex(rows.index)
    rows = rows[rows["standing"].notna()]
    names = rows["model"].str.casefold()
    order = rows.assign(name=names).sort_values(
        ["standing", "datasets", "name"], ascending=[False, False, True], kind="stable"
    )
    return Standings(datasets, order.drop(columns="name").reset_index(drop=True))


def _of_pool(dataset: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the lines of one board with z and the place among them; one model, or equals, say nothing."""
    value = rows["expected"] if rows["expected"].notna().sum() > 1 else rows["consensus"]
    spread = float(value.std(ddof=0))
    z = (value - value.mean()) / spread if spread > 1e-12 else value * float("nan")
    places = [f"{rank:.0f} of {len(rows)}" if rank == rank else "" for rank in rows["rank"]]
    told = rows[[*FACTS, "date"]]
    return told.assign(dataset=dataset, z=z.clip(-CLIP, CLIP), place=places)

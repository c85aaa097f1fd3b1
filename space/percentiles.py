"""Which models are good often: the mean of their percentiles over data sets, and how sure few data sets make that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from boards import Board
from standings import FACTS

FEWEST_MODELS = 5
"""That were ranked on the same rows: among fewer, a percentile says little."""
FEWEST_DATASETS = 3
"""Of a model with an interval: resampling one or two says nothing."""
RESAMPLES = 2000
LEVEL = 95
Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Summary:
    """Models over data sets.

    Attributes:
        datasets: names, in the order of the boards.
        rows: one line a model, best first: those on at least half of the data sets before the others; ``mean``,
            ``on`` (how many data sets), ``enough`` (at least half of them) and :data:`FACTS`.
        cells: the percentile of each of these lines on each data set, 0 to 1, shape (models, data sets), NaN where it
            was not ranked.
        places: the same as ``3 of 24``, of the newest rows; empty where it was not ranked.
        small: boards that do not count, of fewer than five models.
    """

    datasets: tuple[str, ...]
    rows: pd.DataFrame
    cells: Floats
    places: np.ndarray[Any, Any]
    small: int


def summary(boards: Sequence[Board]) -> Summary:
    """Return how good models are on the data sets of these boards.

    A percentile is the share of the other models on one board, all runs over its rows together, that a model is
    estimated to beat, equal ones counted half: by expected accuracy where there is, else by consensus. Of several
    probes of one data set the mean counts.
    """
    parts = [part for board in boards if (part := _of_pool(board.dataset, board.pool)) is not None]
    datasets = tuple(dict.fromkeys(name for name in (board.dataset for board in boards) if _is_in(name, parts)))
    if not parts:
        none = np.empty((0, 0))
        return Summary(
            (), pd.DataFrame(columns=[*FACTS, "mean", "on", "enough"]), none, none.astype(object), len(boards)
        )
    lines = pd.concat(parts)
    newest = lines.sort_values("date", kind="stable").drop_duplicates(["model", "dataset"], keep="last")
    means = lines.groupby(["model", "dataset"])["percentile"].mean().unstack().reindex(columns=list(datasets))
    rows = newest.drop_duplicates("model", keep="last").set_index("model", drop=False)[list(FACTS)]
    rows["mean"], rows["on"] = means.mean(axis=1), means.notna().sum(axis=1)
    rows["enough"] = 2 * rows["on"] >= len(datasets)
    names = rows["model"].str.casefold()
    order = rows.assign(name=names).sort_values(
        ["enough", "mean", "on", "name"], ascending=[False, False, False, True], kind="stable"
    )
    models = order["model"].tolist()
    places = newest.pivot(index="model", columns="dataset", values="place").reindex(
        index=models, columns=list(datasets)
    )
    cells = means.reindex(index=models).to_numpy(float)
    told = order.drop(columns="name").reset_index(drop=True)
    return Summary(datasets, told, cells, places.fillna("").to_numpy(object), len(boards) - len(parts))


def intervals(cells: Floats, *, seed: int = 0) -> tuple[Floats, Floats]:
    """Return the 95 % intervals of the means over data sets, by drawing data sets again with replacement.

    All models see the same draws. With few data sets such intervals are too narrow.

    Args:
        cells: percentiles, shape (models, data sets), NaN where a model was not ranked.
        seed: of the draws.

    Returns:
        Lower and upper ends, NaN for a model on fewer than three data sets.
    """
    models, datasets = cells.shape
    ends = np.full((2, models), np.nan)
    there = ~np.isnan(cells)
    enough = there.sum(axis=1) >= FEWEST_DATASETS
    if not enough.any():
        return ends[0], ends[1]
    drawn = np.random.default_rng(seed).multinomial(datasets, [1 / datasets] * datasets, size=RESAMPLES).astype(float)
    sums, counts = drawn @ np.where(there, cells, 0.0)[enough].T, drawn @ there[enough].T.astype(float)
    with np.errstate(invalid="ignore"):
        means = np.where(counts > 0, sums / np.maximum(counts, 1.0), np.nan)
    tail = (100 - LEVEL) / 2
    ends[:, enough] = np.nanpercentile(means, [tail, 100 - tail], axis=0)
    return ends[0], ends[1]


def _of_pool(dataset: str, rows: pd.DataFrame) -> pd.DataFrame | None:
    """Return the lines of one board with a percentile; none where too few models have a value."""
    value = rows["expected"] if rows["expected"].notna().sum() > 1 else rows["consensus"]
    count = int(value.notna().sum())
    if rows["model"][value.notna()].nunique() < FEWEST_MODELS:
        return None
    percentile = (value.rank(method="average") - 1) / (count - 1)
    places = [f"{rank:.0f} of {len(rows)}" if rank == rank else "" for rank in rows["rank"]]
    told = rows[[*FACTS, "date"]].assign(dataset=dataset, percentile=percentile, place=places)
    return told[percentile.notna()]


def _is_in(name: str, parts: Sequence[pd.DataFrame]) -> bool:
    return any(part["dataset"].iloc[0] == name for part in parts)

"""A ranking as flat rows: what CSV, Parquet, data frames and agents read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from hubscore.column_table import SCORES_AT, TableColumn, columns_in, flat_kinds
from hubscore.types import Ranking, Row

if TYPE_CHECKING:
    import pandas as pd
    from datasets import Dataset


def score_names(ranking: Ranking) -> tuple[str, ...]:
    """Every score of the ranking in the order of its list, whether any model has it or not."""
    found = dict.fromkeys(ranking.scores)
    for row in ranking.rows:  # a ranking written by hand may hold scores that it does not describe
        found |= dict.fromkeys((*row.scores, *(name for name in row.undefined if name not in row.baselines)))
    return tuple(found)


def baseline_names(ranking: Ranking) -> tuple[str, ...]:
    """Every baseline that stands beside the ranking."""
    return tuple(dict.fromkeys(name for row in ranking.rows for name in row.baselines))


def records(ranking: Ranking) -> list[dict[str, Any]]:
    """Return one flat mapping for each model, all with the same keys; none where something is not defined or not known.

    Scores stand under their names, their standard errors under ``sd_<name>``, baselines under ``baseline_<name>``.
    """
    scores, baselines = score_names(ranking), baseline_names(ranking)
    errors = tuple(name for name in scores if any(name in row.score_sd for row in ranking.rows))
    return [_record(row, scores, errors, baselines) for row in ranking.rows]


def _record(row: Row, scores: tuple[str, ...], errors: tuple[str, ...], baselines: tuple[str, ...]) -> dict[str, Any]:
    before, after = ([c for c in columns_in("flat") if (c.where["flat"] > SCORES_AT) is late] for late in (False, True))
    return {
        **_flat(before, row),
        **{name: row.scores.get(name) for name in scores},
        **{f"sd_{name}": row.score_sd.get(name) for name in errors},
        **{f"baseline_{name}": row.baselines.get(name) for name in baselines},
        **_flat(after, row),
    }


def _flat(columns: Iterable[TableColumn], row: Row) -> dict[str, Any]:
    return {
        name: value
        for column in columns
        for name, value in zip(column.flat_names("flat"), column.flat_values(column.value(row)), strict=True)
    }


def to_datasets(ranking: Ranking) -> Dataset:
    """Return :func:`to_pandas` as a data set of Hugging Face ``datasets``."""
    from datasets import Dataset

    return Dataset.from_pandas(to_pandas(ranking), preserve_index=False)


def to_pandas(ranking: Ranking) -> pd.DataFrame:
    """Return a data frame of :func:`records`; what is undefined is missing."""
    import pandas as pd

    frame = pd.DataFrame.from_records(records(ranking))
    kinds = flat_kinds("flat")
    given = {column.name for column in columns_in("flat") if column.required}
    for column in frame.columns:
        kind = kinds.get(column, "real")
        if kind != "text" and column not in given:
            frame[column] = frame[column].astype("Int64" if kind == "whole" else "float64")
    return frame

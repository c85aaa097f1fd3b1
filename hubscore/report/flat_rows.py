"""A ranking as flat rows: what CSV, Parquet, data frames and agents read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hubscore.types import Ranking, Row

if TYPE_CHECKING:
    import pandas as pd

FACTS = ("model", "revision", "library", "family", "parameters", "layers", "bytes", "license")


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
    """Return one flat mapping a model, all with the same keys; none where something is not defined or not known.

    Scores stand under their names, their standard errors under ``sd_<name>``, baselines under ``baseline_<name>``.
    """
    scores, baselines = score_names(ranking), baseline_names(ranking)
    errors = tuple(name for name in scores if any(name in row.score_sd for row in ranking.rows))
    return [_record(row, scores, errors, baselines) for row in ranking.rows]


def _record(row: Row, scores: tuple[str, ...], errors: tuple[str, ...], baselines: tuple[str, ...]) -> dict[str, Any]:
    consensus_low, consensus_high = row.consensus_ci or (None, None)
    rank_low, rank_high = row.rank_ci or (None, None)
    return {
        "rank": row.rank,
        "tie_group": row.tie_group,
        **{name: getattr(row, name) for name in FACTS},
        "consensus": row.consensus,
        "consensus_low": consensus_low,
        "consensus_high": consensus_high,
        "rank_low": rank_low,
        "rank_high": rank_high,
        "mean_rank": row.mean_rank,
        **{name: row.scores.get(name) for name in scores},
        **{f"sd_{name}": row.score_sd.get(name) for name in errors},
        **{f"baseline_{name}": row.baselines.get(name) for name in baselines},
        "seconds": row.seconds,
    }


def to_pandas(ranking: Ranking) -> pd.DataFrame:
    """Return a data frame of :func:`records`; what is undefined is missing."""
    import pandas as pd

    frame = pd.DataFrame.from_records(records(ranking))
    text = {"revision", "library", "family", "license", "model"}
    whole = {"parameters", "layers", "bytes", "rank_low", "rank_high"}
    for column in frame.columns:
        if column in whole:
            frame[column] = frame[column].astype("Int64")
        elif column not in text | {"rank", "tie_group"}:
            frame[column] = frame[column].astype("float64")
    return frame

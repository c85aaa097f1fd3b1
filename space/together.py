"""Several runs over the same rows as one pool, and in words what that does to their numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from text import h
from union import ALL, union_of

if TYPE_CHECKING:
    from boards import Chosen

_NAMED = 5


def united(rows: pd.DataFrame, scores: Mapping[str, Any]) -> pd.DataFrame:
    """Return the lines of several runs as one pool, best first; each keeps the run that it is from.

    Args:
        rows: the lines of all runs over the same rows.
        scores: what each score is, in words.
    """
    kinds = {name: rows[name].dtype.kind in "iufb" for name in rows}
    told = {name: rows[name].to_numpy(float if number else object) for name, number in kinds.items()}
    made = union_of(told, scores)
    lines = rows.iloc[made.lines]
    return lines.assign(**{name: pd.Series(values, index=lines.index) for name, values in made.values.items()})


def choices(board: Any) -> list[tuple[str, str]]:
    """Return what the control of runs offers: all of a board's together where there are several, and each alone."""
    if len(board.runs) < 2:
        return [(run, run) for run in board.runs]
    first = board.rows.drop_duplicates("run").set_index("run")
    models = board.rows["run"].value_counts()
    alone = [(f"{run} ({_by(first.loc[run])}{models[run]} models)", run) for run in board.runs]
    return [(f"all {len(board.runs)} runs together", ALL), *alone]


def words(chosen: Chosen) -> str:
    """Say how many runs used these rows, and what is shown of them, as HTML; nothing where there is one."""
    board, rows = chosen.board, chosen.rows
    if board is None or len(board.runs) < 2 or not len(rows):
        return ""
    if chosen.run:
        told = (
            f"One of {len(board.runs)} runs over these rows, alone: its ranks and consensus compare its own models."
            " The control above shows all of them together."
        )
        return f'<p class="dim">{told}</p>'
    return f'<p class="dim">{h(" ".join(_together(chosen, len(board.runs))))}</p>'


def origin(chosen: Chosen, row: Mapping[str, Any]) -> str:
    """Write when a line was made, and where several people's stand together also by whom."""
    date, publisher = str(row["date"])[:10], str(row.get("publisher") or "")
    several = not chosen.run and chosen.rows["publisher"].nunique() > 1
    return f"{date}, {publisher or 'unknown'}" if several else date


def whose(chosen: Chosen, row: Mapping[str, Any]) -> str:
    """Write behind a model's name who published the line, as HTML, where the model has several."""
    several = not chosen.run and chosen.rows["publisher"].nunique() > 1
    return f' <small class="dim">by {h(row.get("publisher") or "somebody unknown")}</small>' if several else ""


def counted(rows: pd.DataFrame) -> str:
    """Write how many models some lines are of, and how many lines where these are more."""
    models, lines = rows["model"].nunique(), len(rows)
    told = f"{models} model{'' if models == 1 else 's'}"
    return f"{told} in {lines} lines" if lines > models else told


def _by(row: Any) -> str:
    publisher = str(row.get("publisher") or "")
    return f"{publisher}, " if publisher else ""


def _together(chosen: Chosen, runs: int) -> list[str]:
    rows = chosen.rows
    lines = len(rows)
    people = [name or "somebody unknown" for name in dict.fromkeys(rows["publisher"])]
    told = [f"{runs} runs over these rows stand together: {counted(rows)}."]
    if len(people) > 1:
        told.append(
            f"Of each publisher ({_names(people)}) the newest values of a model count, and all publishers' stand."
        )
    else:
        told.append("Of each model the newest values count.")
    told.append(
        f"Ranks, ties, P(best) and consensus are those of these {lines} lines; the control above shows a run alone."
    )
    without = int(rows["expected"].isna().sum())
    if chosen.foreseen and without:
        told.append(
            f"{without} without an expected accuracy {'stands' if without == 1 else 'stand'} behind, by consensus."
        )
    if rows["rows"].nunique() > 1:
        told.append("Models of which fewer rows were looked at stand below, and are not compared with the others.")
    versions = sorted(name for name in set(rows["hubscore_version"]) if name)
    if len(versions) > 1:
        told.append(f"The runs are of hubscore {_names(versions)}.")
    return told


def _names(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")

"""What is different between two rankings of one data set, in rows and in words."""

from __future__ import annotations

from collections.abc import Sequence

from hubscore.text import clean
from hubscore.types import Json, Ranking


def moves(old: Ranking | None, new: Ranking, fresh: Sequence[str], top: int = 10) -> list[Json]:
    """Return one row for each fresh model, and for each that came into, left or moved within the first ``top`` ranks.

    Args:
        old: the ranking before, none at the first time.
        new: the ranking now.
        fresh: ids that are new.
        top: how far down other models are looked at.

    Returns:
        Rows with ``model``, ``rank``, ``before``, ``of`` (models ranked) and ``change``.
    """
    before = {} if old is None else {row.model: row.rank for row in old.rows}
    wanted = set(fresh)
    rows = []
    for row in new.rows:
        was = before.pop(row.model, None)
        if row.model in wanted or (old is not None and was != row.rank and min(row.rank, was or row.rank) <= top):
            change = (
                "new"
                if row.model in wanted and was is None
                else "changed"
                if row.model in wanted
                else _direction(was, row.rank)
            )
            rows.append({"model": row.model, "rank": row.rank, "before": was, "of": len(new), "change": change})
    gone = [
        {"model": model, "rank": None, "before": was, "of": len(new), "change": "gone"} for model, was in before.items()
    ]
    return rows + gone


def headline(old: Ranking | None, new: Ranking, fresh: Sequence[str]) -> list[str]:
    """Say what changed at the top, and what became of the fresh models."""
    leaders = {row.model for row in new.rows if row.tie_group == new.best.tie_group}
    tied = f", which {len(leaders) - 1} more cannot be told from" if len(leaders) > 1 else ""
    best = clean(new.best.model)
    if old is None:
        return [f"First ranking of {len(new)} models; best: {best}{tied}"]
    stays = (
        f"Best is still {best}{tied}"
        if old.best.model == new.best.model
        else f"Best is now {best}{tied}; it was {clean(old.best.model)}"
    )
    ranked = {row.model: row for row in new.rows}
    lines = [stays]
    for model in fresh:
        row = ranked.get(model)
        # One that was not even found goes by the name it was asked for, the commit included.
        reasons = (item.reason for item in new.skipped if item.model in (model, f"{model}@{item.model[-40:]}"))
        skipped = next(reasons, "it is not in the ranking")
        place = (
            f"rank {row.rank} of {len(new)}{' (among the best)' if model in leaders else ''}"
            if row
            else f"not ranked: {clean(skipped)}"
        )
        lines.append(f"New: {clean(model)}: {place}")
    return lines


def _direction(was: int | None, now: int) -> str:
    if was is None:
        return "in"
    return "up" if now < was else "down"

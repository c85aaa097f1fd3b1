"""What an order must be compared with: facts about the checkpoint that cost no forward pass."""

from __future__ import annotations

from collections.abc import Mapping

from hubscore.errors import Undefined
from hubscore.ranking.views import Views
from hubscore.scores.api import compute
from hubscore.scores.info import SCORES, ScoreInfo

POPULARITY = "popularity"


def baselines(views: Views, *, seed: int = 0, target_size: int | None = None) -> dict[str, float | None]:
    """Return every baseline of one checkpoint; none where a fact is not known.

    Popularity is given as its two counts, ``downloads`` and ``likes``.

    Args:
        views: of the checkpoint.
        seed: of the random order.
        target_size: how many rows there are to fine-tune on.
    """
    options = {"seed": seed, "target_size": target_size}
    values: dict[str, float | None] = {}
    candidate = views.plain.candidate
    for info in SCORES:
        if info.name == POPULARITY:
            values["downloads"] = None if candidate is None else _number(candidate.downloads)
            values["likes"] = None if candidate is None else _number(candidate.likes)
        elif info.baseline:
            values[info.name] = _value(info, views, options)
    return values


def _value(info: ScoreInfo, views: Views, options: Mapping[str, int | None]) -> float | None:
    try:
        return compute(info, views.plain, **{name: value for name, value in options.items() if name in info.options})
    except Undefined:
        return None


def _number(count: int | None) -> float | None:
    return None if count is None else float(count)

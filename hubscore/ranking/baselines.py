"""What an order must be compared with: facts about the checkpoint that cost no forward pass."""

from __future__ import annotations

from collections.abc import Mapping

from hubscore.errors import Undefined
from hubscore.ranking.score_inputs import ScoreInputs
from hubscore.scores.api import compute
from hubscore.scores.info import SCORES, ScoreInfo

POPULARITY = "popularity"


def baselines(
    inputs: ScoreInputs, *, seed: int = 0, target_size: int | None = None
) -> tuple[dict[str, float | None], dict[str, str]]:
    """Return every baseline of one checkpoint, none where a fact is not known, and the reasons for that.

    Popularity is given as its two counts, ``downloads`` and ``likes``.

    Args:
        inputs: of the checkpoint.
        seed: of the random order.
        target_size: how many rows there are to fine-tune on.
    """
    options = {"seed": seed, "target_size": target_size}
    values: dict[str, float | None] = {}
    reasons: dict[str, str] = {}
    candidate = inputs.plain.candidate
    for info in SCORES:
        if info.name == POPULARITY:
            for name in ("downloads", "likes"):
                values[name] = _number(getattr(candidate, name, None))
                if values[name] is None:
                    reasons[name] = "the Hub gives no count"
        elif info.baseline:
            values[info.name], reason = _value(info, inputs, options)
            if reason is not None:
                reasons[info.name] = reason
    return values, reasons


def _value(info: ScoreInfo, inputs: ScoreInputs, options: Mapping[str, int | None]) -> tuple[float | None, str | None]:
    try:
        return compute(
            info, inputs.plain, **{name: value for name, value in options.items() if name in info.options}
        ), None
    except Undefined as error:
        return None, error.reason


def _number(count: int | None) -> float | None:
    return None if count is None else float(count)

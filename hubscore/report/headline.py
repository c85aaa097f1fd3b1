"""What a ranking says first: which models to fine-tune, and what its expected accuracies are estimates of."""

from __future__ import annotations

from collections.abc import Sequence

from hubscore.ranking.history import ORDERED_BY as HISTORY
from hubscore.text import clean
from hubscore.types import Ranking, Row


def star(row: Row) -> str:
    """Return what stands behind the names of the shortlist."""
    return " *" if row.shortlist else ""


def headlines(ranking: Ranking) -> list[str]:
    """Return what is said first: which models to fine-tune, and what the expected accuracies are estimates of; or
    which rule ordered the rows.
    """
    record, chosen = ranking.record, ranking.shortlist
    tuned = [clean(record.finetuning.text)] if record.finetuning and record.finetuning.text else []
    tuned += [clean(record.recommended)] if record.recommended else []
    if record.expected is None:
        return [*([clean(record.order_text)] if record.order_text else []), *tuned]
    if record.ordered_by == HISTORY:
        tuned.insert(0, clean(record.order_text))
    notes = "".join(f" {_sentence(note)}" for note in record.expected.notes)
    level = f", with {_percent(record.expected.level)} intervals" if record.expected.level else ""
    told = f"Expected accuracies are estimates: {clean(record.expected.truth)}{level}.{notes}"
    return [*([_shortlist_line(ranking, chosen)] if chosen else []), told, *tuned]


def _shortlist_line(ranking: Ranking, chosen: Sequence[Row]) -> str:
    known = sum(row.p_best is not None for row in ranking.rows)
    confidence = ranking.record.expected.confidence if ranking.record.expected else None
    held = _percent(confidence or 0.9)
    if known == 1:
        return "There is one model to choose from (*)."
    if len(chosen) == 1:
        chance = _percent(chosen[0].p_best or 0.0)
        return f"Fine-tune this one (*): it is the best of these {known} with {chance}, by an estimate."
    if len(chosen) == known:
        return f"Fine-tune all {known} (*): no fewer hold the best of them with {held}, by an estimate."
    return f"Fine-tune these {len(chosen)} (*): the best of {known} is among them with {held}, by an estimate."


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _sentence(note: str) -> str:
    told = clean(note)
    return f"{told[:1].upper()}{told[1:]}." if told else ""

"""A ranking of texts speaks of texts: what scores and calibrations say was written about images."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hubscore.calibration.shipped import BRIEF, is_shipped
from hubscore.modalities.nouns import in_nouns_of
from hubscore.modalities.registry import DEFAULT
from hubscore.types import ExpectedAccuracies, Ranking, Row, RunRecord, ScoreDescription


def in_own_nouns(ranking: Ranking) -> Ranking:
    """Return a ranking whose explanations name what it is about; one of images as it is.

    What a calibration was fitted on stays in its provenance, and in the note that it was asked of other data.

    Example:
        >>> made = in_own_nouns(Ranking.load("tweets.json"))  # doctest: +SKIP
    """
    modality = ranking.probe.modality or DEFAULT
    if modality == DEFAULT:
        return ranking
    return replace(
        ranking,
        rows=tuple(_row(row, modality) for row in ranking.rows),
        scores={name: _score(facts, modality) for name, facts in ranking.scores.items()},
        record=_record(ranking.record, modality),
    )


def _row(row: Row, modality: str) -> Row:
    return replace(row, undefined={name: in_nouns_of(modality, why) for name, why in row.undefined.items()})


def _score(facts: ScoreDescription, modality: str) -> ScoreDescription:
    return replace(facts, plain_words={name: in_nouns_of(modality, text) for name, text in facts.words.items()})


def _record(record: RunRecord, modality: str) -> RunRecord:
    known = record.expected
    if known is None:
        return record
    truth = _truth(known, modality)
    return replace(
        record, expected=replace(known, truth=truth), order_text=record.order_text.replace(known.truth, truth)
    )


def _truth(known: ExpectedAccuracies, modality: str) -> str:
    """Return what the accuracies are of, for data that no calibration was fitted on without the page of its truth."""
    fitted = known.calibration.get("modality") if isinstance(known.calibration, Mapping) else None
    fitted = str(fitted or DEFAULT)
    if fitted == modality:
        return known.truth
    truth = BRIEF if is_shipped(known.calibration) else known.truth
    return in_nouns_of(modality, truth, written_for=fitted)

"""Values from past rankings: every ranking is a column of the history."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from hubscore.errors import UsageError
from hubscore.recommend.cells import Cell, called, harmless
from hubscore.recommend.history import ModelFacts, TaskFacts, TaskVector
from hubscore.results.contents import TASK_VECTOR
from hubscore.results.names import last_name, public_name
from hubscore.scores.info import SCORES, ScoreInfo
from hubscore.text import amount, clean
from hubscore.types import ProbeDescription, Ranking, Row

DEFAULT_SCORE = "fda"
FINETUNED = "measured"
"""In place of a score: the accuracies of short fine-tunings that rankings hold."""
SUM = "fda_sum"
"""What a history of FDA summed over the samples calls its score."""
MOST_NUMBERS, LARGEST_NUMBER = 65_536, 1e9
"""Of what a proxy saw: more, or larger ones, no network gives."""
EXPECTED = "expected"
"""In place of a score: expected accuracies."""


def cells_of(
    rankings: Iterable[Ranking], score: str = DEFAULT_SCORE, *, total: bool = False
) -> tuple[list[Cell], list[str]]:
    """Return one score of all rows of some rankings.

    A row whose card names the ranked data as training data is left out, and a score outside its range: no honest run
    has one. A score of which less is better changes its sign.

    Args:
        rankings: in any order; each carries its date.
        score: name of a score, ``"expected"`` or ``"measured"``.
        total: the sum of FDA over the samples, as in the paper, in place of the mean.

    Returns:
        The values, and what was left out, in sentences.

    Raises:
        UsageError: there is no such score, or the sum is wanted of another one than FDA.
    """
    info = None if score in (FINETUNED, EXPECTED) else SCORES.get(score)
    if total and score != DEFAULT_SCORE:
        raise UsageError(f"There is no sum of {score} over the samples", "only fda is one", "--aggregate mean")
    cells, left_out = list[Cell](), Counter[str]()
    without: list[str] = []
    for ranking in rankings:
        found = list(_of(ranking, score, info, left_out, total=total))
        cells += found
        if not any(cell.value is not None for cell in found):
            without.append(ranking.probe.dataset or "a data set without a name")
    notes = [f"Left out: {count:,} values: {why}" for why, count in left_out.items()]
    if without:
        shown = ", ".join(dict.fromkeys(clean(name)[:40] for name in without[:3]))
        notes.append(f"{amount(len(without), 'ranking has', 'rankings have')} no {called(score)}: {shown}")
    if info is not None and info.direction == "lower":
        notes.append(f"{score} stands with its sign changed, so that larger is better")
    return cells, notes


def task_name(probe: ProbeDescription) -> str:
    """Return the name of a probe's data set, of a folder the last part, with its configuration where it has several.

    Example:
        >>> task_name(ProbeDescription(dataset="me/glue", config="sst2"))
        'me/glue:sst2'
        >>> task_name(ProbeDescription(dataset="/home/me/birds"))
        'birds'
        >>> task_name(ProbeDescription(dataset="private", fingerprint="0123456789abcdef", redacted=True))
        'private-01234567'
    """
    if probe.redacted:
        return f"private-{str(probe.fingerprint)[:8]}"
    plain = probe.config is None or probe.config == "default"
    name = last_name(probe.dataset or "")
    return name if plain else f"{name}:{probe.config}"


def _of(ranking: Ranking, score: str, info: ScoreInfo | None, left_out: Counter[str], *, total: bool) -> Iterator[Cell]:
    probe, described = ranking.probe, ranking.scores.get(score)
    if not probe.dataset:
        left_out["the ranking does not name its data set"] += len(ranking.rows)
        return
    classes = probe.n_classes or len(probe.classes) or None
    marks = tuple(str(one) for one in (probe.fingerprint, *(other.get("fingerprint") for other in probe.fresh)) if one)
    task = TaskFacts(
        task_name(probe) if probe.redacted else last_name(probe.dataset),
        probe.revision,
        classes,
        probe.size or None,
        probe.modality,
        marks,
    )
    seen = task_vector_of(ranking)
    summed = described is not None and "sum" in (described.options.get("aggregate"), _released(described.options))
    for row in ranking.rows:
        if row.declares_this_data:
            left_out["the model declares that it was trained on the data"] += 1
            continue
        value = _value(row, score)
        if value is not None and score == DEFAULT_SCORE and probe.size and summed:
            value /= probe.size
        if value is not None and not _in_range(value, info, classes or 2):
            left_out[f"outside the range of {score}"] += 1
            value = None
        if value is not None and total:
            value *= probe.size
        if value is not None and info is not None and info.direction == "lower":
            value = -value
        facts = ModelFacts(row.revision, row.parameters, row.layers, row.family, row.license)
        name = public_name({"model": row.model, "revision": row.revision})
        yield Cell(name, task_name(probe), value, score == FINETUNED, ranking.record.date or "", facts, task, seen)


def task_vector_of(ranking: Ranking) -> TaskVector | None:
    """Return what a proxy saw in a ranking's data set, as ``hubscore publish --proxy`` keeps it; none where there is
    none, or where it is nothing that a proxy could have seen.
    """
    told = ranking.record.extra.get(TASK_VECTOR)
    if not isinstance(told, Mapping):
        return None
    name, revision, vector = told.get("proxy"), told.get("proxy_revision"), told.get("vector")
    if not isinstance(name, str) or not harmless(name) or not isinstance(vector, list):
        return None
    plain = 0 < len(vector) <= MOST_NUMBERS and all(
        isinstance(value, (int, float)) and abs(value) < LARGEST_NUMBER for value in vector
    )
    commit = revision if isinstance(revision, str) and harmless(revision) else None
    return TaskVector(name, commit, np.array(vector, dtype=np.float64)) if plain else None


def _released(options: object) -> str:
    return "sum" if isinstance(options, dict) and options.get("reading") == "released" else ""


def _value(row: Row, score: str) -> float | None:
    if score == FINETUNED:
        return row.measured_accuracy
    return row.expected if score == EXPECTED else row.scores.get(score)


def _in_range(value: float, info: ScoreInfo | None, classes: int) -> bool:
    low, high = (0.0, 1.0) if info is None else info.bounds(max(classes, 2))
    slack = 1e-6 * max(1.0, abs(value))
    return math.isfinite(value) and low - slack <= value <= high + slack

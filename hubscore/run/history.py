"""The measured accuracies that a ranking is shown beside, and ordered by unless that is not wanted."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np

from hubscore.calibration.dataset_names import same_dataset
from hubscore.calibration.tables import read_table
from hubscore.calibration.transfer import Transfer
from hubscore.errors import UsageError
from hubscore.hub.client import hub_api
from hubscore.ranking.history import WEIGHT, apply_history
from hubscore.run.rank_options import RankOptions
from hubscore.text import clean
from hubscore.types import Ranking

COLUMNS = "model,target,accuracy"


def read_history(options: RankOptions, *, token: str | bool | None = None) -> tuple[Transfer, ...]:
    """Read what was measured, before anything else starts; nothing where no history is named.

    A table of accuracies, or what ``hubscore recommend`` takes: a folder of ``hubscore history build``, saved rankings,
    or a results data set, of which the accuracies of short fine-tunings count. Estimates are no history.

    Args:
        options: which history.
        token: for the Hub; the saved one by default.

    Raises:
        UsageError: it cannot be read, or holds no accuracy.
        HubscoreError: the Hub refused or failed, or a history is damaged.
    """
    if options.history is None:
        return ()
    name = os.fspath(options.history)
    path = Path(name).expanduser()
    if path.suffix.lower() == ".csv" and not path.is_file():
        why = "it is no file"
        raise UsageError(f"Cannot read the history '{clean(path)}'", why, f"name a CSV file with the columns {COLUMNS}")
    table = path.is_file() and path.suffix.lower() != ".json"
    transfers = read_table(path) if table else _measured(name, token, optional=options.recommend is not None)
    found = tuple(one for one in transfers if one.accuracy is not None)
    if not found and options.recommend is None:  # where estimates choose the candidates, they need not order them
        raise UsageError(f"The history '{clean(name)}' holds no accuracy", "", f"write the columns {COLUMNS}")
    return found


def _measured(source: str, token: str | bool | None, *, optional: bool) -> list[Transfer]:
    """Return the measured cells of a history; none where it has none and that is allowed."""
    from hubscore.recommend.history import Kind, TaskFacts
    from hubscore.recommend.rankings import FINETUNED
    from hubscore.recommend.sources import build_history, open_history

    api = hub_api(token)
    try:
        history, _ = open_history(source, score=FINETUNED, api=api)
        if not (history.kinds == Kind.MEASURED).any():  # a saved history of estimates may lie beside measured rankings
            history = build_history(source, score=FINETUNED, api=api)
    except UsageError:
        if not optional:
            raise
        return []
    places = np.argwhere(history.kinds == Kind.MEASURED)
    facts = [history.task_facts.get(task, TaskFacts(task)) for task in history.tasks]
    return [
        Transfer(
            history.models[row],
            history.tasks[column],
            accuracy=float(history.values[row, column]),
            modality=facts[column].modality,
            fingerprints=facts[column].fingerprints,
        )
        for row, column in places.tolist()
    ]


def with_known_history(
    ranking: Ranking, transfers: tuple[Transfer, ...], options: RankOptions, weight: float = WEIGHT
) -> Ranking:
    """Show the history of a ranking's models, and order them by it unless that is not wanted.

    Accuracies on data sets of another modality are left out. One that shares rows with the ranked data under another
    name counts as the same data, and that is said.
    """
    probe = ranking.probe
    alike = [one for one in transfers if one.modality in (None, probe.modality)]
    if not alike:
        return ranking
    marks = {probe.fingerprint, *(other.get("fingerprint") for other in probe.fresh)} - {None}
    shared = {one.target for one in alike if marks & set(one.fingerprints)}
    made = apply_history(ranking, alike, order=options.order_by_history is not False, shared=shared, weight=weight)
    renamed = sorted(target for target in shared if not same_dataset(target, probe.dataset or ""))
    if not renamed:
        return made
    said = f"{clean(', '.join(renamed))[:200]} shares rows with this data: what was measured there enters no estimate"
    return replace(made, record=replace(made.record, warnings=(*made.record.warnings, said)))

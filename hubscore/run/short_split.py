"""Rows for a short fine-tuning: training rows of the probe, validation rows outside it where the data has enough."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hubscore.candidates.finetuning_work import FineTuningWork
from hubscore.errors import DatasetError, UsageError
from hubscore.extract.row_ids import row_ids
from hubscore.finetune.recipe import SHORT, Sample
from hubscore.modalities.lazy_items import PickedItems
from hubscore.modalities.registry import MODALITIES
from hubscore.run.session import Session
from hubscore.types import Probe

TRAIN, VALIDATION = 300, 100
"""Rows, as many as the full recipe trains on and chooses by."""
_SPARE = 20
"""Rows drawn beyond those needed, since some may be copies of the probe's."""
_LEAST = 8
_DONE = "fine-tuned "
FIX = "leave out --finetune-top"


@dataclass(frozen=True)
class ShortSplit:
    """What the first models of a ranking are fine-tuned and measured on.

    Attributes:
        train: what weights are fitted to.
        validation: what is only measured on: no row of ``train``, nor a copy of one.
        fingerprint: of the content, labels and order of both.
        text: where the rows come from, in words.
    """

    train: Sample
    validation: Sample
    fingerprint: str
    text: str

    @property
    def rows(self) -> str:
        """Where the rows come from, without what is done on them."""
        return self.text.removeprefix(_DONE)

    def work(self, top: int, train: str = "all") -> FineTuningWork:
        """Return what training some models briefly on it does."""
        return FineTuningWork(top, len(self.train.labels), len(self.validation.labels), SHORT.epochs, train)


@dataclass(frozen=True)
class _Labelled:
    """A row: its content's hash, its probe's items and its place among them, and its label."""

    id: str
    item: tuple[Sequence[Any], int]
    label: int


def draw_short_split(
    session: Session, dataset: str | os.PathLike[str] | Probe, probe: Probe, seen: Probe | None = None
) -> ShortSplit:
    """Set rows aside for a short fine-tuning.

    Args:
        session: which data options; its seed decides the draw.
        dataset: what the probe was drawn from, or the probe itself, beside which no more rows can be drawn.
        probe: 300 of its rows are trained on.
        seen: all rows that networks ran over, none of which is measured on if others are there; ``probe`` by default.

    Raises:
        UsageError: the labels are not single classes.
        DatasetError: there are too few rows, or the data set cannot be read again.
        HubError: the Hub refused, failed or could not be reached.
    """
    check_single_classes(probe)
    inside = _rows(probe, {name: number for number, name in enumerate(probe.classes)})
    known = {row.id for row in inside} | set(row_ids(seen or probe))
    outside = [] if isinstance(dataset, Probe) else _outside(session, dataset, probe, known, len(seen or probe))
    total = len(inside) + len(outside)
    if total < _LEAST:
        raise DatasetError(f"Cannot fine-tune on {total} rows", f"{_LEAST} are the least", FIX)
    count = _validation(total)
    borrowed = count - len(outside[:count])
    validation = outside[:count] + inside[len(inside) - borrowed :]
    held_out = {row.id for row in validation}
    train = [row for row in (*inside, *outside) if row.id not in held_out][:TRAIN]
    words = _words(probe, len(train), count - borrowed, borrowed)
    return ShortSplit(_sample(train), _sample(validation), _fingerprint(train, validation), words)


def check_single_classes(probe: Probe) -> None:
    """Refuse a data set that no short fine-tuning is for.

    Raises:
        UsageError: the labels are not single classes.
    """
    if probe.target != "classification":
        kind = probe.target or "a data set without labels"
        raise UsageError(f"Cannot fine-tune for {kind}", "only single classes are supported", FIX)


def planned_work(top: int, rows: int | None, train: str = "all") -> FineTuningWork:
    """Return what fine-tuning the first models will do, where no rows are drawn yet.

    Args:
        top: how many models.
        rows: of the split; none where nobody knows.
        train: what is trained.
    """
    total = TRAIN + VALIDATION if rows is None else rows
    return FineTuningWork(top, min(TRAIN, total - _validation(total)), _validation(total), SHORT.epochs, train)


def _validation(rows: int) -> int:
    return min(VALIDATION, rows // 4)


def _outside(
    session: Session, dataset: str | os.PathLike[str], probe: Probe, known: set[str], seen: int
) -> list[_Labelled]:
    """Draw rows of the same split that no network has run over; classes that the probe lacks are left out."""
    wanted = seen + VALIDATION + max(0, TRAIN - len(probe)) + _SPARE
    data = replace(session.data, split=probe.split, config=probe.config, samples=wanted)
    wide = Session(data, run=session.run).draw_probe(dataset, labels_required=True)
    found: dict[str, _Labelled] = {}
    for row in _rows(wide, {name: number for number, name in enumerate(probe.classes)}):
        if row.id not in known:
            found.setdefault(row.id, row)
    return list(found.values())


def _rows(probe: Probe, classes: Mapping[str, int]) -> list[_Labelled]:
    """Return a probe's rows with labels as numbers of ``classes``, without those of other classes."""
    labels = [classes.get(probe.classes[int(label)]) for label in np.asarray(probe.labels)]
    return [
        _Labelled(row, (probe.items, place), label)
        for place, (row, label) in enumerate(zip(row_ids(probe), labels, strict=True))
        if label is not None
    ]


def _sample(rows: Sequence[_Labelled]) -> Sample:
    return Sample(PickedItems([row.item for row in rows]), np.array([row.label for row in rows], dtype=np.int64))


def _fingerprint(*parts: Sequence[_Labelled]) -> str:
    plain = [[[row.id, row.label] for row in part] for part in parts]
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()


def _words(probe: Probe, train: int, outside: int, borrowed: int) -> str:
    """Say what is trained and measured on."""
    items = MODALITIES.get(probe.modality).nouns[1]
    text = f"{_DONE}on {train} {items}, measured on {outside + borrowed} others"
    if not borrowed:
        return f"{text} that no network had run over"
    kept = f"{borrowed} of them are of the probe" if outside else "all of them are of the probe"
    return f"{text}: {kept}, because the data set has no more, and none of them is trained on"

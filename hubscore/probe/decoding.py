"""Fetching and decoding the drawn rows, and replacing the ones that are broken."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hubscore.errors import DatasetError
from hubscore.modalities.base import Modality
from hubscore.modalities.stored_items import EncodedItems, ItemStore, StoredItem, decode_all
from hubscore.probe.rows import Rows, portions
from hubscore.probe.stratified import SampledRows
from hubscore.text import amount

TOLERATED = 10
"""This many broken rows are always tolerated; beyond, a quarter of the rows that were tried."""


NAMED = 3
"""This many broken rows are named in a note; the rest are counted."""


@dataclass
class DecodedRows:
    """What was drawn and could be decoded, in probe order.

    Attributes:
        positions: of the rows in the split.
        groups: what each row was drawn for.
        items: as they are kept.
        dropped: the broken rows, with file name and reason.
        guesses: what was guessed to read files, and of how many.
    """

    positions: list[int] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    items: list[StoredItem] = field(default_factory=list)
    dropped: list[dict[str, Any]] = field(default_factory=list)
    guesses: Counter[str] = field(default_factory=Counter)

    @property
    def encoded(self) -> Sequence[bytes]:
        """The items' bytes."""
        return EncodedItems(self.items)

    def keep(self, kept: list[int]) -> DecodedRows:
        """Return only some of the rows, by their place among these."""
        return DecodedRows(
            [self.positions[at] for at in kept],
            [self.groups[at] for at in kept],
            [self.items[at] for at in kept],
            self.dropped,
            self.guesses,
        )


def decode_rows(rows: Rows, column: str, draw: SampledRows, *, modality: Modality, budget: int) -> DecodedRows:
    """Read and decode the drawn rows; a broken one is replaced by another of its group, or left out when there is none.

    Args:
        rows: the split.
        column: the input column.
        draw: which rows; broken ones are replaced in it.
        modality: of the items.
        budget: no replacement is read when this many bytes have been.

    Returns:
        The rows that could be decoded.

    Raises:
        DatasetError: too many are broken, or all.
    """
    store, dropped, guesses = ItemStore(modality), list[dict[str, Any]](), Counter[str]()
    good: dict[int, StoredItem] = {}
    pending = list(range(len(draw.rows)))
    while pending:
        sound, broken = _read(rows, column, store, {at: draw.rows[at] for at in pending}, guesses)
        good |= sound
        dropped += [broken[at] for at in sorted(broken)]
        _check(dropped, len(good), modality)
        pending = [at for at in sorted(broken) if draw.replace(at)] if rows.files.meter.total < budget else []
    kept = sorted(good)
    positions, groups = [draw.rows[at] for at in kept], [draw.groups[at] for at in kept]
    return DecodedRows(positions, groups, [good[at] for at in kept], dropped, guesses)


def broken_rows(decoded: DecodedRows, modality: Modality) -> list[str]:
    """Say how many of the rows that were read are broken, with the first of them."""
    guessed = [f"{amount(count, 'file', 'files')}: {guess}" for guess, count in sorted(decoded.guesses.items())]
    if not decoded.dropped:
        return guessed
    few = [f"{row['file'] or 'row ' + str(row['row'])} ({row['reason']})" for row in decoded.dropped[:NAMED]]
    more = f" and {len(decoded.dropped) - NAMED} more" if len(decoded.dropped) > NAMED else ""
    read = len(decoded.dropped) + len(decoded.positions)
    broken = f"{len(decoded.dropped)} of the {read} {modality.nouns[1]} read"
    return [
        *guessed,
        f"{broken} {'is' if len(decoded.dropped) == 1 else 'are'} broken and not used: {', '.join(few)}{more}",
    ]


def _read(
    rows: Rows, column: str, store: ItemStore, wanted: Mapping[int, int], guesses: Counter[str]
) -> tuple[dict[int, StoredItem], dict[int, dict[str, Any]]]:
    """Read and decode the rows at some positions of the split, by place in the draw, a portion after the other; return
    the sound ones, and what is wrong with the others.
    """
    sound: dict[int, StoredItem] = {}
    broken: dict[int, dict[str, Any]] = {}
    for places in portions(rows, column, wanted):
        found = rows.items(column, [wanted[at] for at in places], store.modality)
        items = [store.add(one.data) for one in found]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is wrong with a row is reported with the row
            faults = list(decode_all(items))
        for at, one, item, fault in zip(places, found, items, faults, strict=True):
            if one.fault is None and fault is None:
                sound[at] = item
                guesses.update([one.guess] if one.guess else [])
                continue
            row = int(rows.numbers[wanted[at]])
            broken[at] = {"row": row, "file": one.name, "reason": one.fault or str(fault)}
    return sound, broken


def _check(dropped: list[dict[str, Any]], good: int, modality: Modality) -> None:
    if len(dropped) <= max(TOLERATED, (len(dropped) + good) // 4) and good:
        return
    first = "; ".join(
        f"row {item['row']}{' (' + item['file'] + ')' if item['file'] else ''}: {item['reason']}"
        for item in dropped[:3]
    )
    raise DatasetError(
        f"{len(dropped)} of the {len(dropped) + good} {modality.nouns[1]} read are broken",
        first,
        f"check the files and the input column, {modality.column_option} NAME",
    )

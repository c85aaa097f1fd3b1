"""Fetching and decoding the drawn rows, and replacing the ones that are broken."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import Any

from hubscore.errors import DatasetError
from hubscore.modalities.base import Modality
from hubscore.modalities.lazy_items import KEPT_BYTES, DecodeError, decode_all
from hubscore.probe.rows import Rows
from hubscore.probe.stratified import SampledRows

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
        encoded: the items' bytes.
        decoded: those items that fit in memory, by position.
        dropped: the broken rows, with file name and reason.
    """

    positions: list[int] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    encoded: list[bytes] = field(default_factory=list)
    decoded: dict[int, Any] = field(default_factory=dict)
    dropped: list[dict[str, Any]] = field(default_factory=list)

    def keep(self, kept: list[int]) -> DecodedRows:
        """Return only some of the rows, by their place among these."""
        return DecodedRows(
            [self.positions[at] for at in kept],
            [self.groups[at] for at in kept],
            [self.encoded[at] for at in kept],
            {new: self.decoded[old] for new, old in enumerate(kept) if old in self.decoded},
            self.dropped,
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
    decoded = DecodedRows(draw.rows, draw.groups, [b""] * len(draw.rows))
    good: set[int] = set()
    pending = list(range(len(draw.rows)))
    while pending:
        broken = _read(rows, column, modality, decoded, pending)
        good.update(set(pending) - set(broken))
        _check(decoded.dropped, len(good), modality)
        pending = [at for at in broken if draw.replace(at)] if rows.files.meter.total < budget else []
    return decoded.keep(sorted(good))


def broken_rows(decoded: DecodedRows, modality: Modality) -> list[str]:
    """Say how many of the rows that were read are broken, with the first of them."""
    if not decoded.dropped:
        return []
    few = [f"{row['file'] or 'row ' + str(row['row'])} ({row['reason']})" for row in decoded.dropped[:NAMED]]
    more = f" and {len(decoded.dropped) - NAMED} more" if len(decoded.dropped) > NAMED else ""
    read = len(decoded.dropped) + len(decoded.positions)
    broken = f"{len(decoded.dropped)} of the {read} {modality.nouns[1]} read"
    return [f"{broken} {'is' if len(decoded.dropped) == 1 else 'are'} broken and not used: {', '.join(few)}{more}"]


def _read(rows: Rows, column: str, modality: Modality, decoded: DecodedRows, pending: list[int]) -> list[int]:
    """Fill in the rows at these positions; return the positions of the broken ones."""
    encoded = rows.items(column, [decoded.positions[at] for at in pending], modality)
    room = KEPT_BYTES - sum(map(modality.item_bytes, decoded.decoded.values()))
    broken = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is wrong with a row is reported with the row
        items = list(decode_all(modality, [one.data for one in encoded], room=room))
    for at, one, item in zip(pending, encoded, items, strict=True):
        if one.fault is not None or isinstance(item, DecodeError):
            row = int(rows.numbers[decoded.positions[at]])
            decoded.dropped.append({"row": row, "file": one.name, "reason": one.fault or str(item)})
            broken.append(at)
            continue
        decoded.encoded[at] = one.data
        if item is not None:
            decoded.decoded[at] = item
    return broken


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
        "check the files and the input column, --input-column NAME",
    )

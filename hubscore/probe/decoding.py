"""Fetching and decoding the drawn rows, and replacing the ones that are broken."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import Any

from PIL.Image import Image

from hubscore.errors import DatasetError
from hubscore.modalities.image.lazy_images import KEPT_BYTES, cost, decode_all
from hubscore.probe.rows import Rows
from hubscore.probe.stratified import SampledRows

TOLERATED = 10
"""So many broken images are always put up with; beyond, a quarter of the rows that were tried."""


@dataclass
class DecodedRows:
    """What was drawn and could be decoded, in probe order.

    Attributes:
        places: of the rows.
        groups: what each row was drawn for.
        encoded: the images' bytes.
        decoded: those pictures that fit in memory, by position.
        dropped: the broken rows, with file name and reason.
    """

    places: list[int] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    encoded: list[bytes] = field(default_factory=list)
    decoded: dict[int, Image] = field(default_factory=dict)
    dropped: list[dict[str, Any]] = field(default_factory=list)

    def keep(self, positions: list[int]) -> DecodedRows:
        """Return only the rows at ``positions``."""
        return DecodedRows(
            [self.places[at] for at in positions],
            [self.groups[at] for at in positions],
            [self.encoded[at] for at in positions],
            {new: self.decoded[old] for new, old in enumerate(positions) if old in self.decoded},
            self.dropped,
        )


def decode_rows(rows: Rows, column: str, draw: SampledRows, *, budget: int) -> DecodedRows:
    """Read and decode the drawn images; a broken one is replaced by another of its group, or left out when there is
    none.

    Args:
        rows: the split.
        column: the image column.
        draw: which rows; broken ones are replaced in it.
        budget: no replacement is read when so many bytes have been.

    Returns:
        The rows that could be decoded.

    Raises:
        DatasetError: too many are broken, or all.
    """
    found = DecodedRows(draw.rows, draw.groups, [b""] * len(draw.rows))
    good: set[int] = set()
    pending = list(range(len(draw.rows)))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.")  # what is wrong with a picture is told by its row
        while pending:
            broken = _read(rows, column, found, pending)
            good.update(set(pending) - set(broken))
            _check(found.dropped, len(good))
            pending = [at for at in broken if draw.replace(at)] if rows.files.meter.total < budget else []
    return found.keep(sorted(good))


def _read(rows: Rows, column: str, found: DecodedRows, pending: list[int]) -> list[int]:
    """Fill in the rows at these positions; return the positions of the broken ones."""
    images = rows.images(column, [found.places[at] for at in pending])
    room = KEPT_BYTES - sum(map(cost, found.decoded.values()))
    broken = []
    for at, image, picture in zip(
        pending, images, decode_all([image.data for image in images], room=room), strict=True
    ):
        if image.fault is not None or isinstance(picture, str):
            row = int(rows.numbers[found.places[at]])
            found.dropped.append({"row": row, "file": image.name, "reason": image.fault or picture})
            broken.append(at)
            continue
        found.encoded[at] = image.data
        if picture is not None:
            found.decoded[at] = picture
    return broken


def _check(dropped: list[dict[str, Any]], good: int) -> None:
    if len(dropped) <= max(TOLERATED, (len(dropped) + good) // 4) and good:
        return
    first = "; ".join(
        f"row {item['row']}{' (' + item['file'] + ')' if item['file'] else ''}: {item['reason']}"
        for item in dropped[:3]
    )
    raise DatasetError(
        f"{len(dropped)} of the {len(dropped) + good} images read are broken",
        first,
        "check the files and the image column, --image-column NAME",
    )

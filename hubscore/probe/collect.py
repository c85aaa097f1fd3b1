"""Fetching and decoding the drawn rows, and replacing the ones that are broken."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from PIL.Image import Image

from hubscore.errors import DatasetError
from hubscore.probe.images import KEPT_BYTES, cost, decode_all
from hubscore.probe.rows import Rows
from hubscore.probe.sample import Draw

TOLERATED = 10
"""So many broken images are always put up with; beyond, a quarter of the rows that were tried."""


@dataclass
class Collected:
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

    def keep(self, positions: list[int]) -> Collected:
        """Return only the rows at ``positions``."""
        return Collected(
            [self.places[at] for at in positions],
            [self.groups[at] for at in positions],
            [self.encoded[at] for at in positions],
            {new: self.decoded[old] for new, old in enumerate(positions) if old in self.decoded},
            self.dropped,
        )


def collect(rows: Rows, column: str, draw: Draw, *, budget: int) -> Collected:
    """Read and decode the drawn images; a broken one is replaced by another of its group, or left out when there is none.

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
    found: dict[int, bytes] = {}
    decoded: dict[int, Image] = {}
    dropped: list[dict[str, Any]] = []
    pending = list(range(len(draw.rows)))
    while pending:
        places = [draw.rows[at] for at in pending]
        images = rows.images(column, places)
        room = KEPT_BYTES - sum(map(cost, decoded.values()))
        broken: list[int] = []
        for at, place, image, picture in zip(pending, places, images, decode_all([image.data for image in images], room=room), strict=True):
            reason = image.fault or (picture if isinstance(picture, str) else None)
            if reason is not None:
                broken.append(at)
                dropped.append({"row": int(rows.numbers[place]), "file": image.name, "reason": reason})
                continue
            found[at] = image.data
            if isinstance(picture, Image):
                decoded[at] = picture
        _check(dropped, len(found))
        pending = [at for at in broken if draw.replace(at)] if rows.files.meter.total < budget else []
    everything = Collected(draw.rows, draw.groups, [found.get(at, b"") for at in range(len(draw.rows))], decoded, dropped)
    return everything.keep(sorted(found))


def _check(dropped: list[dict[str, Any]], good: int) -> None:
    if len(dropped) <= max(TOLERATED, (len(dropped) + good) // 4) and good:
        return
    first = "; ".join(f"row {item['row']}{' (' + item['file'] + ')' if item['file'] else ''}: {item['reason']}" for item in dropped[:3])
    raise DatasetError(
        f"{len(dropped)} of the {len(dropped) + good} images read are broken",
        first,
        "check the files and the image column, --image-column NAME",
    )

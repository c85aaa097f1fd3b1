"""What is worth saying of pictures: what of a file is not looked at, and what hardly shows."""

from __future__ import annotations

import io
from collections.abc import Iterable

from PIL import Image

from hubscore.text import amount

LOOKED_AT = 20
"""Pictures of a kind whose pixels are looked at."""

DARK = 16_384
"""Values of 16-bit grey that stay below this are a quarter of the range or less."""


def notes_on(encoded: Iterable[bytes]) -> list[str]:
    """Say how many pictures have more frames than the one that is read, are transparent, or use little of 16 bits.

    Args:
        encoded: their files.
    """
    total = animated = transparent = pale = 0
    deep: list[int] = []
    for data in encoded:
        total += 1
        try:
            with Image.open(io.BytesIO(data)) as image:
                animated += getattr(image, "is_animated", False)
                if (image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info) and pale < LOOKED_AT:
                    pale += 1
                    transparent += image.convert("RGBA").getchannel("A").getextrema() != (255, 255)
                if image.mode.startswith("I") and len(deep) < LOOKED_AT:
                    deep.append(int(image.convert("I").getextrema()[1]))  # type: ignore[arg-type]
        except Exception:  # whatever is wrong, decoding says it
            continue
    notes = []
    if animated:
        are = "has" if animated == 1 else "have"
        notes.append(f"{animated} of {total} images {are} several frames or pages, of which the first is read")
    if transparent:
        where = "" if pale < LOOKED_AT else f" of {pale} looked at"
        are = "is" if transparent == 1 else "are"
        images = amount(transparent, "image", "images")
        notes.append(f"{images}{where} {are} transparent in places: the colours beneath are shown, often black")
    if deep and max(deep) < DARK:
        notes.append(
            f"16-bit grey images hold values up to {max(deep):,} of 65,535, which is dark: stretch them before, or save"
            " them with 8 bits"
        )
    return notes

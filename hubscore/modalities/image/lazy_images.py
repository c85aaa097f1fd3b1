"""The probe's pictures: decoded once, kept while they fit, decoded again when they do not."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import overload

from PIL import Image, UnidentifiedImageError

from hubscore.modalities.image.decode import decode

KEPT_BYTES = 1_000_000_000
"""Decoded pictures are kept up to this many bytes together; the encoded ones always are."""


class LazyImages(Sequence[Image.Image]):
    """RGB pictures over encoded bytes; treat them as read-only, several networks look at the same ones.

    Args:
        encoded: the bytes of each image file.
        decoded: pictures that are decoded already, by position.
    """

    def __init__(self, encoded: Sequence[bytes], decoded: Mapping[int, Image.Image]) -> None:
        self.encoded = tuple(encoded)
        self._decoded = dict(decoded)

    @overload
    def __getitem__(self, index: int) -> Image.Image: ...
    @overload
    def __getitem__(self, index: slice) -> list[Image.Image]: ...
    def __getitem__(self, index: int | slice) -> Image.Image | list[Image.Image]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        at = range(len(self.encoded))[index]  # negative and out-of-range numbers as any sequence has them
        kept = self._decoded.get(at)
        return decode(self.encoded[at]) if kept is None else kept

    def __len__(self) -> int:
        return len(self.encoded)

    def __add__(self, other: LazyImages) -> LazyImages:
        """Return the pictures of both, one after the other; what is decoded is shared."""
        return LazyImages(
            self.encoded + other.encoded,
            self._decoded | {len(self) + at: image for at, image in other._decoded.items()},
        )

    def __repr__(self) -> str:
        return f"<{len(self)} RGB images, {len(self._decoded)} of them decoded>"


def decode_all(encoded: Sequence[bytes], *, room: int = KEPT_BYTES) -> Iterator[Image.Image | str | None]:
    """Decode each image once, on several threads.

    Args:
        encoded: the bytes of each image file.
        room: how many bytes of decoded pictures may be kept.

    Yields:
        The picture, None for one that is sound but has no room, or the reason why it cannot be decoded.
    """
    workers = min(8, os.cpu_count() or 1)
    with ThreadPoolExecutor(workers) as pool:
        for start in range(0, len(encoded), 2 * workers):  # in slices: all at once could be many times the room
            for found in pool.map(_try, encoded[start : start + 2 * workers]):
                if isinstance(found, str):
                    yield found
                    continue
                room -= cost(found)
                yield found if room >= 0 else None


def cost(image: Image.Image) -> int:
    """Return how many bytes a decoded RGB picture takes; Pillow pads a pixel to four."""
    return image.width * image.height * 4


def _try(data: bytes) -> Image.Image | str:
    try:
        return decode(data)
    except UnidentifiedImageError:
        return "not an image, or of a kind that Pillow does not know"
    except Exception as error:  # a damaged file can make Pillow's readers raise nearly anything
        lines = str(error).splitlines()
        return lines[0] if lines else type(error).__name__

"""Which modalities there are: those that come with hubscore, and those of other packages."""

from __future__ import annotations

from collections.abc import Iterator

from hubscore.modalities.base import Modality
from hubscore.registry import Registry, load_target

DEFAULT = "image"
"""What a search is about where no data set tells; what was saved before there were others is of this kind."""

BUILTIN = ("hubscore.modalities.image.modality:IMAGE", "hubscore.modalities.text.modality:TEXT")
"""One line per modality; each is imported on the first look-up."""


def _builtin() -> Iterator[Modality]:
    yield from map(load_target, BUILTIN)


MODALITIES: Registry[Modality] = Registry(
    "modality",
    group="hubscore.modalities",
    builtin=_builtin,
    listing="--modality NAME",
    entry_of=lambda loaded: loaded,
)
"""Every modality by name. Another package offers one through an entry point of the group ``hubscore.modalities``."""


def items_of(modality: str | None) -> str:
    """Return what several items of a modality are called: images where a record of an older version names none, rows
    where one names a modality that is not installed here.

    Example:
        >>> items_of("text"), items_of(None), items_of("smells")
        ('texts', 'images', 'rows')
    """
    name = modality or "image"
    return MODALITIES.get(name).nouns[1] if name in MODALITIES.names() else "rows"

"""Which modality the names of files are of, by their endings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hubscore.modalities.base import Modality


def modality_of_files(names: Sequence[object], modalities: Iterable[Modality]) -> Modality | None:
    """Return the modality whose files all these are, or none; also where there are no names.

    Example:
        >>> from hubscore.modalities.registry import MODALITIES
        >>> modality_of_files(["cat/1.PNG", "dog.jpg"], MODALITIES).name
        'image'
    """
    return next((one for one in modalities if names and all(is_file_of(name, one) for name in names)), None)


def is_file_of(name: object, modality: Modality) -> bool:
    """Whether something is the name of a file that holds one item."""
    return isinstance(name, str) and bool(modality.file_endings) and name.lower().endswith(modality.file_endings)


def leading(modalities: Iterable[Modality]) -> list[Modality]:
    """Return the modalities that do not yield to others."""
    return [one for one in modalities if not one.yields]


def modality_of_most(names: Sequence[str], modalities: Sequence[Modality]) -> Modality:
    """Return the modality that most of the files are of; one that yields only where no file is of another.

    Example:
        >>> from hubscore.modalities.registry import MODALITIES
        >>> modality_of_most(["a.png", "a.txt", "b.txt"], tuple(MODALITIES)).name
        'image'
    """
    counts = {one.name: sum(is_file_of(name, one) for name in names) for one in modalities}
    return max(modalities, key=lambda one: (bool(counts[one.name]), not one.yields, counts[one.name]))


def nouns(modalities: Iterable[Modality], number: int = 1, *, word: str = "and") -> str:
    """List what some modalities call their items: ``images``, ``images and texts``.

    Args:
        modalities: which.
        number: 0 for one item, 1 for several.
        word: before the last.
    """
    *most, last = [one.nouns[number] for one in modalities]
    return f"{', '.join(most)} {word} {last}" if most else last

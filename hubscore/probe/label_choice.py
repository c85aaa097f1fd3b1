"""Which column is the label: by type and name where they tell, and what is left where they do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from datasets import Features

from hubscore.modalities.base import Modality
from hubscore.probe.columns import Kind, kind_of, leaves, named_feature
from hubscore.probe.label_names import TAGS, USUAL, ends_in, is_about_row, is_key, is_like_label
from hubscore.types import Target

_USABLE: dict[Target | None, tuple[Kind, ...]] = {
    None: ("class", "classes", "text", "int", "bool", "float", "list", "vector"),
    "classification": ("class", "text", "int", "bool", "float", "list", "vector"),
    "multilabel": ("classes", "list", "vector", "text"),
    "regression": ("float", "int", "text"),
    "annotation": ("annotation", "file", "classes", "class"),
}
_FLAT: tuple[Kind, ...] = ("text", "int", "bool")


@dataclass(frozen=True)
class LabelChoice:
    """Which column is the label, and how that was decided.

    Attributes:
        columns: the column; several where each row has a 1 in one of them; where nothing decides, what is left.
        reason: how it was decided.
        sure: False where nothing but being left over speaks for the columns.
        alike: whether the columns that nothing decides between are all named or typed like a label.
    """

    columns: tuple[str, ...]
    reason: str = ""
    sure: bool = True
    alike: bool = False

    @property
    def name(self) -> str:
        """The column, or the columns with commas, as ``--label-column`` takes them."""
        return ",".join(self.columns)


def choose_label(
    features: Features, column: str, modality: Modality, *, name: str | None = None, target: Target | None = None
) -> LabelChoice:
    """Choose the column that holds the labels.

    Columns that are named like a label come first, class labels and lists of them before others, then the only column
    of class labels, whatever its name. Nothing else decides.

    Args:
        features: of the data set.
        column: the input column.
        modality: of its items, which may be annotated in a way of their own.
        name: the column to take, by name; ``struct.field`` for a nested one, ``a,b,c`` for several.
        target: what the labels are to be read as.

    Returns:
        The choice; of no column where none is left.

    Raises:
        UsageError: the named column does not exist.
    """
    if name is not None:
        return LabelChoice(_named(features, name), "as asked for")
    every = [(other, label_kind(feature, modality)) for other, feature in leaves(features, modality)]
    numbers = [other for other, kind in every if kind in ("int", "float") and other != column]
    pool = [(other, kind) for other, kind in every if other != column and kind in _USABLE[target]]
    tagged = modality.is_sequence(features.get(column))
    like = [
        other
        for other, kind in pool
        if is_like_label(other, numbers)
        or ends_in(other, modality.label_words)
        or (tagged and kind in ("classes", "list") and ends_in(other, TAGS))
    ]
    pool = [(other, kind) for other, kind in pool if kind != "vector" or other in like]
    if target in ("multilabel", "regression"):  # texts hold these too, where there is nothing else and a name says so
        plain = any(kind != "text" for _, kind in pool)
        pool = [(other, kind) for other, kind in pool if (kind != "text" if plain else other in like)]
        like = [other for other in like if other in dict(pool)]
    scores = [
        other
        for other, kind in pool
        if kind == "float" and ends_in(other, modality.number_words) and not _is_of(other, like)
    ]
    for tier, reason in _annotations(pool) if target == "annotation" else _tiers(pool, like, scores, target):
        preferred = [other for usual in USUAL for other in tier if other.lower() == usual]
        if len(tier) == 1 or preferred:
            (chosen, *_) = preferred or tier
            others = [other for other in like if other != chosen]
            alone = "the only one named like a label"
            named = f"named like a label, as {'is' if len(others) == 1 else 'are'} {', '.join(others)}"
            return LabelChoice((chosen,), reason if chosen not in like else named if others else alone)
        if tier:
            return LabelChoice(tuple(tier), sure=False, alike=True)
    rest = [(other, kind) for other, kind in pool if not is_key(other)]
    flat = [other for other, kind in rest if kind in _FLAT]
    return LabelChoice(tuple(flat or [other for other, _ in rest]), sure=False)


def is_named_like_label(features: Features, modality: Modality) -> bool:
    """Whether a table says which of its columns is the label, by a name or by class labels."""
    choice = choose_label(features, modality.name, modality)
    return bool(choice.columns) and (choice.sure or choice.alike)


def label_kind(feature: object, modality: Modality) -> Kind:
    """Return the kind of a feature as a label, for which a modality may have annotations of its own."""
    kind = kind_of(feature)
    if kind == "file":
        return kind if modality.is_annotation(feature) else "other"
    return "annotation" if modality.is_annotation(feature) else kind


def _named(features: Features, name: str) -> tuple[str, ...]:
    known = dict(leaves(features))
    parts = tuple(part.strip() for part in name.split(","))
    if name not in known and len(parts) > 1 and all(part in known for part in parts):
        return parts
    named_feature(features, name, "--label-column")
    return (name,)


def _is_of(column: str, labels: Sequence[str]) -> bool:
    """Whether a column tells of another one by its name, as ``sentiment_score`` does of ``sentiment``."""
    return any(column != label and column.lower().startswith(label.lower()) for label in labels)


def _annotations(pool: Sequence[tuple[str, Kind]]) -> Iterator[tuple[list[str], str]]:
    """Yield what could be the annotations, most certain first."""
    for wanted in _USABLE["annotation"]:
        yield [column for column, kind in pool if kind == wanted], "the only one that annotates"


def _tiers(
    pool: Sequence[tuple[str, Kind]], like: Sequence[str], scores: Sequence[str], target: Target | None
) -> Iterator[tuple[list[str], str]]:
    """Yield what could be the label, most certain first, with how a single one is decided."""
    for wanted in ("class", "classes"):
        yield [column for column, kind in pool if kind == wanted and column in like], ""
    doubted = target is None and scores and not any(column.lower() in USUAL for column in like)
    yield [*like, *(scores if like and doubted else ())], ""
    named = [(column, kind) for column, kind in pool if not is_about_row(column)]
    yield [column for column, kind in named if kind == "class"], "the only one of class labels"
    yield [column for column, kind in named if kind == "classes"], "the only one of lists of class labels"
    yield list(scores), "the only decimal number named like a score"
    if target in ("regression", "multilabel"):
        yield [column for column, _ in named], f"the only one that can be read as {target}"


def same_meaning(columns: Sequence[Sequence[object]]) -> bool:
    """Whether columns of values tell the same rows apart, as the numbers and the names of classes do.

    Example:
        >>> same_meaning([[0, 1, 0], ["cat", "dog", "cat"]]), same_meaning([[0, 1, 0], ["cat", "dog", "dog"]])
        (True, False)
    """
    rows = len(set(zip(*columns, strict=True)))
    return all(len(set(values)) == rows for values in columns)

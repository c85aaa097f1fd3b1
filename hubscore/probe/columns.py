"""Finding the label column by feature type and name, and words for columns in messages."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Literal

from datasets import ClassLabel, Features, LargeList, List, Value

from hubscore.errors import DatasetError, UsageError
from hubscore.modalities.base import Modality
from hubscore.types import Target

Kind = Literal["file", "class", "classes", "text", "int", "bool", "float", "list", "annotation", "other"]

LABEL_NAMES = ("label", "labels", "class", "target", "category", "classes", "targets", "categories", "y")
_WORDS = ("label", "class", "target", "category")
_NEVER = (
    "id",
    "index",
    "path",
    "width",
    "height",
    "url",
    "text",
    "caption",
    "__key__",
    "__url__",
    "file",
    "filename",
    "file_name",
)
_USABLE: dict[Target | None, tuple[Kind, ...]] = {
    None: ("class", "classes", "text", "int", "bool", "float", "list"),
    "classification": ("class", "text", "int", "bool", "float"),
    "multilabel": ("classes", "list"),
    "regression": ("float", "int"),
    "annotation": ("annotation", "file", "classes", "class"),
}


def label_column(
    features: Features, column: str, modality: Modality, *, name: str | None = None, target: Target | None = None
) -> str:
    """Choose the column that holds the labels.

    Class labels come first, then lists of them, then columns named like a label, then the only column that is left.

    Args:
        features: of the data set.
        column: the input column.
        modality: of its items, which may be annotated in a way of their own.
        name: the column to take, by name; ``struct.field`` for a nested one.
        target: what the labels are to be read as.

    Returns:
        The column, with dots where it is nested.

    Raises:
        UsageError: the named column does not exist, or several could be meant.
        DatasetError: nothing looks like a label.
    """
    if name is not None:
        named_feature(features, name, "--label-column")
        return name
    pool = [
        (other, kind)
        for other, feature in _leaves(features, modality)
        if other != column and (kind := _label_kind(feature, modality)) in _USABLE[target]
    ]
    for tier in _tiers(pool, target):
        preferred = [other for other in LABEL_NAMES if other in tier]
        if len(tier) == 1 or preferred:
            return (preferred or tier)[0]
        if tier:
            what = f"Several columns could be the label: {', '.join(tier)}"
            raise UsageError(what, describe_columns(features), f"--label-column {tier[0]}")
    raise _no_label(features, target)


def _no_label(features: Features, target: Target | None) -> DatasetError:
    listed = describe_columns(features)
    if target is not None:
        return DatasetError(
            f"The data set has no labels for target {target!r}",
            f"no column can be read as {target}; {listed}",
            "leave out --target, or --label-column NAME",
        )
    return DatasetError(
        "The data set is unlabeled",
        f"no column looks like a label; {listed}",
        "--label-column NAME, if one of them is the label; or rank --unlabeled",
    )


def feature_of(features: Features, column: str) -> object:
    """Return the feature of a column, which may be nested: ``struct.field``."""
    if column in features:
        return features[column]
    return dict(_leaves(features))[column]


def named_feature(features: Features, name: str, option: str) -> object:
    """Return the feature of a column that was named with an option.

    Raises:
        UsageError: there is no such column; a near name is suggested.
    """
    known = dict(_leaves(features))
    if name not in known:
        near = get_close_matches(name, known, n=1)
        fix = f"{option} {near[0] if near else 'NAME, one of them'}"
        raise UsageError(f"The data set has no column {name!r}", describe_columns(features), fix)
    return known[name]


def kind_of(feature: object) -> Kind:
    """Return the kind of a feature: files and bytes, classes, and plain values; what else there is, is ``other``."""
    if (
        hasattr(feature, "decode")  # Image, Audio, Video and their like
        or (isinstance(feature, dict) and "bytes" in feature)
        or _dtype(feature) in ("binary", "large_binary")
    ):
        return "file"
    if isinstance(feature, ClassLabel):
        return "class"
    if isinstance(feature, (List, LargeList)):
        inner = kind_of(feature.feature)
        return "classes" if inner == "class" else "list" if inner in ("text", "int", "bool") else "other"
    return _scalar(_dtype(feature))


def _label_kind(feature: object, modality: Modality) -> Kind:
    """Return the kind of a feature as a label, for which a modality may have annotations of its own."""
    kind = kind_of(feature)
    if kind == "file":
        return kind if modality.is_annotation(feature) else "other"
    return "annotation" if modality.is_annotation(feature) else kind


def describe(feature: object) -> str:
    """Name a feature in a word or two."""
    if isinstance(feature, ClassLabel):
        return f"{feature.num_classes} classes"
    if isinstance(feature, (List, LargeList)):
        return f"list of {describe(feature.feature)}"
    return _dtype(feature) or ("struct" if isinstance(feature, dict) else type(feature).__name__)


def describe_columns(features: Features) -> str:
    """List the columns for a message."""
    return "its columns are " + ", ".join(f"{column} ({describe(feature)})" for column, feature in features.items())


def _tiers(pool: list[tuple[str, Kind]], target: Target | None) -> Iterator[list[str]]:
    """Yield what could be the label, most certain first."""
    if target == "annotation":
        for wanted in _USABLE["annotation"]:
            yield [column for column, kind in pool if kind == wanted]
        return
    yield [column for column, kind in pool if kind == "class"]
    yield [column for column, kind in pool if kind == "classes"]
    yield [column for column in LABEL_NAMES if column in dict(pool)][:1]
    yield [column for column, _ in pool if any(word in column.lower() for word in _WORDS)]
    rest = [(column, kind) for column, kind in pool if not _is_key(column)]
    yield [column for column, kind in rest if kind in ("text", "int", "bool")]
    yield [column for column, _ in rest]


def _is_key(column: str) -> bool:
    """Whether a column is a number, name or size of the row rather than a label."""
    last = column.lower().rpartition(".")[2]
    return last in _NEVER or last.endswith(("_id", "_path", "_url", "_index"))


def _leaves(
    features: dict[str, object], modality: Modality | None = None, prefix: str = ""
) -> Iterator[tuple[str, object]]:
    """Yield every column and every field of a struct, outer ones first; annotations of a modality are one column."""
    for name, feature in features.items():
        yield prefix + name, feature
    for name, feature in features.items():
        annotation = modality is not None and modality.is_annotation(feature)
        if isinstance(feature, dict) and kind_of(feature) == "other" and not annotation:
            yield from _leaves(feature, modality, f"{prefix}{name}.")


def _dtype(feature: object) -> str:
    """Return the type of a plain value, an empty string for anything else."""
    return str(feature.dtype) if isinstance(feature, Value) else ""


def _scalar(dtype: str) -> Kind:
    if dtype in ("string", "large_string"):
        return "text"
    if dtype.startswith(("int", "uint")):
        return "int"
    if dtype.startswith(("float", "decimal")):
        return "float"
    return "bool" if dtype == "bool" else "other"

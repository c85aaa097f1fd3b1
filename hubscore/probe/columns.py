"""The kinds of columns by feature type, and words for them in messages."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Literal

from datasets import ClassLabel, Features, LargeList, List, Value

from hubscore.errors import UsageError
from hubscore.modalities.base import Modality
from hubscore.text import option

LISTED = 20
"""Columns that a message lists."""

Kind = Literal["file", "class", "classes", "text", "int", "bool", "float", "list", "vector", "annotation", "other"]


def feature_of(features: Features, column: str) -> object:
    """Return the feature of a column, which may be nested: ``struct.field``."""
    if column in features:
        return features[column]
    return dict(leaves(features))[column]


def named_feature(features: Features, name: str, column_option: str) -> object:
    """Return the feature of a column that was named with an option.

    Raises:
        UsageError: there is no such column; a near name is suggested.
    """
    known = dict(leaves(features))
    if name not in known:
        near = get_close_matches(name, known, n=1)
        fix = option(column_option, near[0]) if near else f"{column_option} NAME, one of them"
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
        if inner == "float":
            return "vector"
        return "classes" if inner == "class" else "list" if inner in ("text", "int", "bool") else "other"
    return _scalar(_dtype(feature))


def describe(feature: object) -> str:
    """Name a feature in a word or two."""
    if isinstance(feature, ClassLabel):
        return f"{feature.num_classes} classes"
    if isinstance(feature, (List, LargeList)):
        return f"list of {describe(feature.feature)}"
    return _dtype(feature) or ("struct" if isinstance(feature, dict) else type(feature).__name__)


def describe_columns(features: Features) -> str:
    """List the columns for a message, the first of many."""
    told = [f"{column} ({describe(feature)})" for column, feature in features.items()]
    more = f" and {len(told) - LISTED} more" if len(told) > LISTED else ""
    return f"its columns are {', '.join(told[:LISTED])}{more}"


def leaves(
    features: dict[str, object], modality: Modality | None = None, prefix: str = ""
) -> Iterator[tuple[str, object]]:
    """Yield every column and every field of a struct, outer ones first; annotations of a modality are one column."""
    for name, feature in features.items():
        yield prefix + name, feature
    for name, feature in features.items():
        annotation = modality is not None and modality.is_annotation(feature)
        if isinstance(feature, dict) and kind_of(feature) == "other" and not annotation:
            yield from leaves(feature, modality, f"{prefix}{name}.")


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

"""Finding the image column and the label column by feature type and name."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Literal

from datasets import ClassLabel, Features, Image, LargeList, List, Value

from hubscore.errors import DatasetError, UsageError
from hubscore.modalities.image.annotations import box_fields
from hubscore.types import Target

Sort = Literal["image", "class", "classes", "text", "int", "bool", "float", "list", "objects", "other"]

IMAGE_NAMES = ("image", "img", "picture", "photo", "pixel_values")
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
_USABLE: dict[Target | None, tuple[Sort, ...]] = {
    None: ("class", "classes", "text", "int", "bool", "float", "list"),
    "classification": ("class", "text", "int", "bool", "float"),
    "multilabel": ("classes", "list"),
    "regression": ("float", "int"),
    "annotation": ("objects", "image", "classes", "class"),
}


def image_column(features: Features, name: str | None = None) -> str:
    """Choose the column that holds the images.

    Args:
        features: of the data set.
        name: the column to take, by name.

    Returns:
        The column; by type, or among several by name.

    Raises:
        UsageError: the named column does not exist, or several could be meant.
        DatasetError: there is no image column.
    """
    if name is not None:
        if sort_of(_feature(features, name, "--image-column")) not in ("image", "text") or name not in features:
            raise DatasetError(f"Column {name!r} holds no images", listing(features), "--image-column NAME")
        return name
    found = [column for column, feature in features.items() if sort_of(feature) == "image"]
    preferred = [column for column in IMAGE_NAMES if column in found]
    if len(found) == 1 or preferred:
        return (preferred or found)[0]
    if not found:
        fix = "choose a data set of images, or --image-column NAME if one of these holds image paths"
        raise DatasetError("The data set has no image column, and hubscore reads images", listing(features), fix)
    raise UsageError("Several columns hold images", ", ".join(found), f"--image-column {found[0]}")


def label_column(features: Features, image: str, name: str | None = None, target: Target | None = None) -> str:
    """Choose the column that holds the labels.

    Class labels come first, then lists of them, then columns named like a label, then the only column that is left.

    Args:
        features: of the data set.
        image: the image column.
        name: the column to take, by name; ``struct.field`` for a nested one.
        target: what the labels are to be read as.

    Returns:
        The column, with dots where it is nested.

    Raises:
        UsageError: the named column does not exist, or several could be meant.
        DatasetError: nothing looks like a label.
    """
    if name is not None:
        _feature(features, name, "--label-column")
        return name
    usable = _USABLE[target]
    pool = [
        (column, sort)
        for column, feature in _leaves(features)
        if column != image and (sort := sort_of(feature)) in usable
    ]
    for tier in _tiers(pool, target):
        preferred = [column for column in LABEL_NAMES if column in tier]
        if len(tier) == 1 or preferred:
            return (preferred or tier)[0]
        if tier:
            raise UsageError(
                f"Several columns could be the label: {', '.join(tier)}", listing(features), f"--label-column {tier[0]}"
            )
    if target is not None:
        why = f"no column can be read as {target}; {listing(features)}"
        raise DatasetError(
            f"The data set has no labels for target {target!r}", why, "leave out --target, or --label-column NAME"
        )
    why = f"no column looks like a label; {listing(features)}"
    raise DatasetError(
        "The data set is unlabeled", why, "--label-column NAME, if one of them is the label; or rank --unlabeled"
    )


def feature_of(features: Features, column: str) -> object:
    """Return the feature of a column, which may be nested: ``struct.field``."""
    if column in features:
        return features[column]
    return dict(_leaves(features))[column]


def sort_of(feature: object) -> Sort:
    """Sort a feature into what matters here."""
    if (
        isinstance(feature, Image)
        or (isinstance(feature, dict) and "bytes" in feature)
        or _dtype(feature) in ("binary", "large_binary")
    ):
        return "image"
    if isinstance(feature, ClassLabel):
        return "class"
    if box_fields(feature) is not None:
        return "objects"
    if isinstance(feature, (List, LargeList)):
        inner = sort_of(feature.feature)
        return "classes" if inner == "class" else "list" if inner in ("text", "int", "bool") else "other"
    return _scalar(_dtype(feature))


def describe(feature: object) -> str:
    """Name a feature in a word or two."""
    if isinstance(feature, ClassLabel):
        return f"{feature.num_classes} classes"
    if isinstance(feature, (List, LargeList)):
        return f"list of {describe(feature.feature)}"
    return _dtype(feature) or ("struct" if isinstance(feature, dict) else type(feature).__name__)


def listing(features: Features) -> str:
    """List the columns for a message."""
    return "its columns are " + ", ".join(f"{column} ({describe(feature)})" for column, feature in features.items())


def _tiers(pool: list[tuple[str, Sort]], target: Target | None) -> Iterator[list[str]]:
    """Yield what could be the label, most certain first."""
    if target == "annotation":
        for sort in _USABLE["annotation"]:
            yield [column for column, found in pool if found == sort]
        return
    yield [column for column, sort in pool if sort == "class"]
    yield [column for column, sort in pool if sort == "classes"]
    yield [column for column in LABEL_NAMES if column in dict(pool)][:1]
    yield [column for column, _ in pool if any(word in column.lower() for word in _WORDS)]
    rest = [(column, sort) for column, sort in pool if not _is_key(column)]
    yield [column for column, sort in rest if sort in ("text", "int", "bool")]
    yield [column for column, _ in rest]


def _is_key(column: str) -> bool:
    """Whether a column is a number, name or size of the row rather than a label."""
    last = column.lower().rpartition(".")[2]
    return last in _NEVER or last.endswith(("_id", "_path", "_url", "_index"))


def _leaves(features: dict[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Yield every column and every field of a struct, outer ones first."""
    for name, feature in features.items():
        yield prefix + name, feature
    for name, feature in features.items():
        if isinstance(feature, dict) and sort_of(feature) == "other":
            yield from _leaves(feature, f"{prefix}{name}.")


def _feature(features: Features, name: str, option: str) -> object:
    found = dict(_leaves(features))
    if name not in found:
        near = get_close_matches(name, found, n=1)
        raise UsageError(
            f"The data set has no column {name!r}",
            listing(features),
            f"{option} {near[0] if near else 'NAME, one of them'}",
        )
    return found[name]


def _dtype(feature: object) -> str:
    return feature.dtype if isinstance(feature, Value) else ""


def _scalar(dtype: str) -> Sort:
    if dtype in ("string", "large_string"):
        return "text"
    if dtype.startswith(("int", "uint")):
        return "int"
    if dtype.startswith(("float", "decimal")):
        return "float"
    return "bool" if dtype == "bool" else "other"

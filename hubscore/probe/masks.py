"""Pictures that say something about other pictures, as masks do, told by the names of their files and folders."""

from __future__ import annotations

import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from hubscore.probe.folder_levels import ONLY_HOLDS

MASK_WORDS = frozenset(
    "mask masks seg segmentation segmentations label labels annotation annotations gt groundtruth ground_truth depth"
    " heatmap heatmaps".split()
)
"""Names of folders, and ends and starts of file names, of pictures that say something about other pictures."""

_PARTS = re.compile(r"(.+)([_\-. ])([^\W\d_]+)([_\-. ]?\d+)?")
_START = re.compile(r"([^\W\d_]+)([_\-. ])(.+)")
_PLAIN = ONLY_HOLDS | {"x", "jpg", "original", "originals", "inputs"}


def mask_notes(paths: Sequence[str], items: str) -> list[str]:
    """Return a note where a third or more of the files are named like another one with a suffix: ``x_mask.png``.

    The suffix may have a number, as ``x_mask_1.png`` has; a prefix counts where it is a word for masks.

    Example:
        >>> mask_notes(["a/1.png", "a/1_mask.png"], "images")
        ["1 of 2 images are named '..._mask': take them out if they say something about the others, as masks do"]
    """
    stems = {posixpath.splitext(path)[0] for path in paths}
    marks = Counter(mark for stem in stems for mark in set(_marks(stem, stems)))
    return [
        f"{count} of {len(stems)} {items} are named {mark!r}: take them out if they say something about the"
        " others, as masks do"
        for mark, count in marks.most_common()
        if 3 * count >= len(stems)
    ]


def _marks(stem: str, stems: set[str]) -> Iterator[str]:
    """Yield what a name has more than another one has, or what says by itself that it is one of a mask."""
    folder, name = posixpath.split(stem)
    parts, start = _PARTS.fullmatch(name), _START.fullmatch(name)
    alone = parts is not None and parts[3].lower() in MASK_WORDS and not parts[4]
    if parts and (alone or posixpath.join(folder, parts[1]) in stems):
        yield f"...{parts[2]}{parts[3]}"
    elif start and start[1].lower() in MASK_WORDS and posixpath.join(folder, start[3]) in stems:
        yield f"{start[1]}{start[2]}..."


def mask_folders(paths: Iterable[str]) -> dict[str, list[str]]:
    """Return by folder of masks its files: folders called like it beside one with files of the same names.

    Example:
        >>> mask_folders(["images/1.png", "masks/1.png", "labels/2.png"])
        {'masks': ['masks/1.png']}
        >>> mask_folders(["images/cat/1.png", "masks/cat/1.png"])
        {'masks': ['masks/cat/1.png']}
    """
    inside: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for path in paths:
        parts = posixpath.splitext(path)[0].split("/")
        for depth in range(len(parts) - 1):
            if parts[depth].lower() in MASK_WORDS | _PLAIN:
                outer, inner = "/".join(parts[:depth]), "/".join(parts[depth + 1 :])
                inside[outer][parts[depth]][path] = inner
    return {
        posixpath.join(outer, folder): list(mine)
        for outer, beside in inside.items()
        for folder, mine in beside.items()
        if folder.lower() in MASK_WORDS
        and any(
            2 * len(set(mine.values()) & set(other.values())) > len(set(mine.values()))
            for name, other in beside.items()
            if name.lower() in _PLAIN
        )
    }


def is_like_mask(column: str) -> bool:
    """Whether a column or a kind of file is named like masks, as ``seg.png`` is.

    Example:
        >>> is_like_mask("seg.png"), is_like_mask("depth_map"), is_like_mask("jpg"), is_like_mask("left.jpg")
        (True, True, False, False)
    """
    return bool(MASK_WORDS & set(re.findall(r"[a-z]+", column.lower())))

"""Pictures that say something about other pictures, as masks do, told by the names of their files and folders."""

from __future__ import annotations

import posixpath
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from hubscore.probe.class_folders import ONLY_HOLDS

MASK_WORDS = frozenset(
    "mask masks seg segmentation segmentations label labels annotation annotations gt groundtruth ground_truth depth"
    " heatmap heatmaps".split()
)
"""Names of folders, and ends of file names, of pictures that say something about other pictures."""


def mask_notes(paths: Sequence[str], items: str) -> list[str]:
    """Return a note where a third or more of the files are named like another one with a suffix: ``x_mask.png``.

    Example:
        >>> mask_notes(["a/1.png", "a/1_mask.png"], "images")
        ["1 of 2 images are named '..._mask': take them out if they say something about the others, as masks do"]
    """
    stems = {posixpath.splitext(path)[0] for path in paths}
    suffixes: Counter[str] = Counter()
    for stem in stems:
        name = posixpath.basename(stem)
        for mark in "_-. ":
            base, _, suffix = name.rpartition(mark)
            alone = suffix.lower() in MASK_WORDS
            if base and suffix.isalpha() and (alone or stem[: -len(suffix) - 1] in stems):
                suffixes[f"{mark}{suffix}"] += 1
    return [
        f"{count} of {len(stems)} {items} are named '...{suffix}': take them out if they say something about the"
        " others, as masks do"
        for suffix, count in suffixes.most_common()
        if 3 * count >= len(stems)
    ]


def mask_folders(paths: Iterable[str]) -> dict[str, list[str]]:
    """Return by folder of masks its files: folders called like it beside one with files of the same names.

    Example:
        >>> mask_folders(["images/1.png", "masks/1.png", "labels/2.png"])
        {'masks': ['masks/1.png']}
    """
    stems: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    files: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        folder, name = posixpath.split(path)
        outer, inner = posixpath.split(folder)
        stems[outer][inner].add(posixpath.splitext(name)[0])
        files[folder].append(path)
    return {
        posixpath.join(outer, inner): files[posixpath.join(outer, inner)]
        for outer, beside in stems.items()
        for inner, names in beside.items()
        if inner.lower() in MASK_WORDS
        and any(
            2 * len(names & other) > len(names)
            for name, other in beside.items()
            if name.lower() in ONLY_HOLDS | {"x", "jpg", "original", "originals", "inputs"}
        )
    }

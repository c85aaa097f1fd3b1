"""One hash for the rows of a probe: the same rows give the same one, wherever they were read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

import numpy as np

from hubscore.types import Target


def fingerprint(
    encoded: Sequence[bytes], labels: np.ndarray | None, classes: Sequence[str], target: Target | None
) -> str:
    """Hash the rows' encoded items and what they are labelled as, in order.

    Class numbers, paths, column names and the way the bytes were read do not enter.

    Args:
        encoded: the bytes of each item.
        labels: as in a ``Probe``, or none.
        classes: class names, in label order.
        target: what the labels are.

    Returns:
        64 hex digits.
    """
    digest = hashlib.sha256(b"hubscore probe 1")
    for row, data in enumerate(encoded):
        label = json.dumps(
            None if labels is None else _meaning(labels[row], classes, target), ensure_ascii=False
        ).encode()
        for part in (data, label):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()


def _meaning(label: np.ndarray, classes: Sequence[str], target: Target | None) -> object:
    """Say a label in class names, which do not depend on how many classes there are or how they are numbered."""
    if target == "classification":
        return classes[int(label)]
    if target == "multilabel":
        return sorted(classes[position] for position in np.flatnonzero(label).tolist())
    if target == "annotation":
        return {
            classes[position]: float(label[position])
            for position in sorted(np.flatnonzero(label).tolist(), key=lambda position: classes[position])
        }
    return float(label)

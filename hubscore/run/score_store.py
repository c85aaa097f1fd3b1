"""Scores beside the features that they are of: a run that is killed while it scores computes nothing twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

import hubscore
from hubscore.extract.notes import SCORES, Notes
from hubscore.ranking.numbers import Numbers
from hubscore.ranking.score_inputs import LAYER_KERNEL, features_of
from hubscore.ranking.scorer import Scorer
from hubscore.types import Candidate, Extraction, Json

_CODE = ("errors.py", "numerics", "similarity", "scores", "ranking")
"""What decides a score's value, beside the libraries."""
_LIBRARIES = ("numpy", "scipy", "scikit-learn")
_FORM = 1
"""Raised when what is stored has another form."""


class ScoreStore:
    """The folder of scores below a cache.

    What is found was made of the same arrays, labels, rows, scores, options and code; what cannot be read or written
    is done without. Where a score is another package's, or compares with a reference network, nothing is kept.

    Args:
        root: of the cache.
    """

    def __init__(self, root: Path) -> None:
        self._notes = Notes(root / SCORES)
        self._last: tuple[str, Sequence[Extraction], Scorer, Json] | None = None

    def read(self, candidate: Candidate, extractions: Sequence[Extraction], scorer: Scorer) -> Numbers | None:
        """Return the numbers of a checkpoint, where they are there."""
        if not _can_be_kept(scorer):
            return None
        identity = _identity(candidate, extractions, scorer)
        self._last = (candidate.repo_id, extractions, scorer, identity)
        found = self._notes.read(identity)
        try:
            if found is None or found["numbers_checksum"] != _checksum(found["numbers"]):
                return None
            numbers = Numbers.from_json(found["numbers"])
        except Exception:  # whatever a damaged note makes the reader raise: it is computed again
            return None
        due = [[column.name for column in chosen] for chosen in scorer.due]
        names = [column.name for column in scorer.columns if column.info.values or not column.info.pool]
        if not numbers.fits(names, len(scorer.results), due):
            return None
        self._last = None
        return numbers

    def write(self, candidate: Candidate, extractions: Sequence[Extraction], scorer: Scorer, numbers: Numbers) -> None:
        """Keep the numbers of a checkpoint, where the disk lets us."""
        if _can_be_kept(scorer):
            data = numbers.to_json()
            note = {"numbers_checksum": _checksum(data), "model": candidate.repo_id, "numbers": data}
            self._notes.write(self._known(candidate, extractions, scorer), note)

    def _known(self, candidate: Candidate, extractions: Sequence[Extraction], scorer: Scorer) -> Json:
        """Return what decides the numbers: as it was found when they were looked for, which hashed the arrays."""
        last, self._last = self._last, None
        if last is not None and last[0] == candidate.repo_id and last[1] is extractions and last[2] is scorer:
            return last[3]
        return _identity(candidate, extractions, scorer)


def _can_be_kept(scorer: Scorer) -> bool:
    ours = all(column.info.function.startswith(f"{hubscore.__name__}.") for column in scorer.columns)
    return ours and all(one.reference is None and not one.maps for one in scorer.results)


def _identity(candidate: Candidate, extractions: Sequence[Extraction], scorer: Scorer) -> Json:
    """Return everything that decides the numbers."""
    asked = {"candidate" in column.info.needs for column in scorer.columns}
    return {
        "task": SCORES,
        "form": _FORM,
        "arrays": [_digest(_arrays(one)) for one in extractions],
        "reasons": [[candidate.no_probabilities, *_reasons(one)] for one in extractions],
        "labels": [[_digest([one.probe.labels]), one.probe.target] for one in scorer.results],
        "texts": _digest(scorer.label_texts or ()),
        "columns": [column.name for column in scorer.columns],
        "options": [scorer.options(heads=heads) for heads in (True, False)],
        "rows": _digest(scorer.rows),
        "due": [len(chosen) for chosen in scorer.due],
        "plan": list(scorer.plan),
        "candidate": candidate.to_json() if True in asked else None,
        "code": _code(),
    }


def _arrays(extraction: Extraction) -> Iterator[np.ndarray | None]:
    yield features_of(extraction)
    yield extraction.logits
    yield extraction.layer_kernel


def _reasons(extraction: Extraction) -> list[Any]:
    """Return why there are no probabilities, and no kernel."""
    notes = extraction.notes
    return [notes.get("no_probabilities"), notes.get(LAYER_KERNEL, {}).get("reason")]


def _digest(arrays: Any) -> str:
    """Return a hash of shapes, types and bytes of some arrays, any of which may be missing."""
    digest = hashlib.sha256()
    for one in arrays:
        if one is None:
            digest.update(b"none")
            continue
        values = np.ascontiguousarray(one)
        digest.update(f"{values.dtype.str} {values.shape}".encode())
        digest.update(repr(values.tolist()).encode() if values.dtype.hasobject else values.tobytes())
    return digest.hexdigest()


def _checksum(data: Json) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


@cache
def _code() -> str:
    """Return a hash of the code of the scores and of the versions of what it calls: an edited score has other values
    under the same version number.
    """
    root = Path(hubscore.__file__).parent
    digest = hashlib.sha256(" ".join([hubscore.__version__, *map(version, _LIBRARIES)]).encode())
    for name in _CODE:
        for path in sorted(root.glob(f"{name}/**/*.py" if not name.endswith(".py") else name)):
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()

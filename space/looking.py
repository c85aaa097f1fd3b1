"""A proxy network that looks at a visitor's images, or at a public data set, to find data sets like it.

Off unless the variable ``HUBSCORE_PROXY`` names the network: it needs hubscore, and with it torch, on this machine.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from asking import RefusedError, check_public
from boards import key_of
from data import Results
from schema import BOARD
from text import clean

VARIABLE = "HUBSCORE_PROXY"
FILE = "task_vectors.json"
FEWEST, MOST = 5, 50
"""Images of one visitor."""
LARGEST = 20_000_000
"""Bytes of one image."""
MOST_FOUND = 5
LEAST_KNOWN = 2

Vector = np.ndarray[Any, np.dtype[np.float64]]
Look = Callable[[str, str], Sequence[float]]


@dataclass(frozen=True)
class Known:
    """What one revision of the proxy saw in the data sets of the results.

    Attributes:
        name: the proxy as it is to be run, with its revision.
        vectors: by the board's key.
    """

    name: str
    vectors: Mapping[str, Vector]


@dataclass(frozen=True)
class Eye:
    """Finds data sets of some results that look like a visitor's.

    Args:
        results: hold what the proxy saw in theirs.
        proxy: its id.
        look: runs the proxy over a data set; hubscore's own by default.
    """

    results: Results
    proxy: str
    look: Look | None = None

    def find(self, files: Sequence[str], dataset: str) -> tuple[tuple[str, ...], str]:
        """Return the keys of the boards most alike, and what to tell the visitor.

        Args:
            files: images that were dropped; they are deleted, whatever comes of it.
            dataset: or the id of a public data set.

        Raises:
            RefusedError: there are too few or too many, one is too large, or the proxy cannot look; the text says why.
        """
        try:
            dataset = dataset.strip()
            if bool(files) == bool(dataset):
                raise RefusedError(f"Drop {FEWEST} to {MOST} images, or name one public data set.")
            known = self.known()
            if dataset:
                check_public(dataset, self.results.endpoint)
                return self._alike(known, f"hf://datasets/{dataset}", dataset)
            _check(files)
            with TemporaryDirectory(prefix="hubscore-images-") as folder:
                for place, file in enumerate(files):
                    shutil.copyfile(file, Path(folder) / f"{place:02d}{Path(file).suffix.lower()}")
                return self._alike(known, folder, f"your {len(files)} images")
        finally:
            for file in files:
                Path(file).unlink(missing_ok=True)

    def known(self) -> Known:
        """Return what the proxy saw, at the revision that saw most.

        Raises:
            RefusedError: too few data sets to compare with.
        """
        self.results.snapshot()
        told = self.results.file(FILE)
        lines = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
        lines = [one for one in lines if one.get("proxy") == self.proxy]
        vectors = {number: vector for number, line in enumerate(lines) if (vector := _vector(line)) is not None}
        kinds = Counter((str(lines[number].get("proxy_revision")), vector.size) for number, vector in vectors.items())
        if not kinds or max(kinds.values()) < LEAST_KNOWN:
            few = f"These results know fewer than {LEAST_KNOWN} data sets by {self.proxy}"
            raise RefusedError(f"{few}: choose data sets like yours by hand.")
        kind = max(sorted(kinds), key=lambda one: kinds[one])
        of_it = {
            key_of([clean(lines[number].get(name) or "") for name in BOARD]): vector
            for number, vector in vectors.items()
            if (str(lines[number].get("proxy_revision")), vector.size) == kind
        }
        return Known(f"{self.proxy}@{kind[0]}", of_it)

    def _alike(self, known: Known, source: str, called: str) -> tuple[tuple[str, ...], str]:
        try:
            numbers = (self.look or look)(source, known.name)
        except ImportError as error:
            raise RefusedError("The proxy cannot run here: hubscore is not installed.") from error
        except Exception as error:  # whatever is wrong with somebody's images must not take the page down
            what = ": ".join(clean(part) for part in (getattr(error, "what", error), getattr(error, "why", "")) if part)
            raise RefusedError(f"The proxy could not look at {called}: {what}"[:400]) from error
        found = nearest(np.asarray(numbers, dtype=np.float64), known.vectors)
        proxy = clean(known.name.partition("@")[0])
        return found, f"{proxy} finds these most like {clean(called)}. Add or take out what you know better."


def nearest(vector: Vector, known: Mapping[str, Vector]) -> tuple[str, ...]:
    """Return the keys of the vectors most like one, nearest first: at most five, and at most half of them.

    Alike is the cosine after the mean of the known ones was taken off, which all images share.

    Example:
        >>> nearest(np.array([1.0, 0.1]), {"a": np.array([1.0, 0.0]), "b": np.array([0.0, 1.0])})
        ('a',)
    """
    mean = np.mean(list(known.values()), axis=0)
    own = vector - mean
    alike = {key: _cosine(own, other - mean) for key, other in known.items() if other.shape == vector.shape}
    most = max(1, min(MOST_FOUND, len(alike) // 2))
    return tuple(sorted(alike, key=lambda key: (-alike[key], key))[:most])


def look(source: str, proxy: str) -> Sequence[float]:
    """Run a proxy over some rows as a stranger: no token of this page reads anything."""
    from hubscore.run.options import RunOptions
    from hubscore.run.proxy_pass import look as look_at

    numbers: list[float] = look_at(source, proxy, run=RunOptions(device="cpu", token=False)).vector.tolist()
    return numbers


def open_eye(results: Results, environment: Mapping[str, str] = os.environ) -> Eye | None:
    """Return the eye that ``HUBSCORE_PROXY`` names, none where it is not set."""
    return Eye(results, environment[VARIABLE]) if environment.get(VARIABLE) else None


def _check(files: Sequence[str]) -> None:
    if not FEWEST <= len(files) <= MOST:
        raise RefusedError(f"These are {len(files)} images: drop {FEWEST} to {MOST} of them.")
    if any(Path(file).stat().st_size > LARGEST for file in files):
        raise RefusedError(f"An image may have {LARGEST // 1_000_000} MB.")


def _vector(line: Mapping[str, Any]) -> Vector | None:
    told = line.get("vector")
    if not isinstance(told, list) or not told or not all(isinstance(value, (int, float)) for value in told):
        return None
    try:
        vector = np.array(told, dtype=np.float64)
    except OverflowError:  # a whole number that no float holds
        return None
    return vector if np.isfinite(vector).all() else None


def _cosine(one: Vector, other: Vector) -> float:
    length = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / length if length > 0 else 0.0

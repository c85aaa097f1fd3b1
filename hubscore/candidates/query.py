"""What to look for on the Hub, and how counts like 300M are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from hubscore.errors import UsageError
from hubscore.hub.near_names import near_words
from hubscore.modalities.registry import MODALITIES

Sort = Literal["downloads", "likes", "trending_score", "created_at", "last_modified"]

DEFAULT_MAX_PARAMS = 100_000_000
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "B": 10**9, "G": 10**9, "T": 10**12}
_COUNT = re.compile(r"(?P<number>\d+(?:[._]\d+)*(?:e\d+)?)\s*(?P<unit>[KMBGT]?)", re.IGNORECASE)


@dataclass(frozen=True)
class Query:
    """Which checkpoints a search admits; the defaults are those of a bare ``hubscore rank DATASET``.

    A query that says what to look for (``search``, even empty, ``author``, ``tags`` or ``base_model``) and names no
    task admits every network that a loader of the modality loads, whatever its pipeline tag, since networks of
    different tasks transfer; a bare one admits the data set's own task and one checkpoint of each architecture family.

    Attributes:
        search: text in the repo id; ``""`` matches all.
        task: a pipeline tag, for example ``image-classification``.
        libraries: which may load the checkpoint; none given admits all.
        licenses: any of these, for example ``apache-2.0``; none given admits all.
        max_params: most parameters, or none for no limit.
        min_params: fewest parameters.
        author: user or organisation.
        tags: all of these.
        base_model: the repo that the checkpoints were derived from.
        sort: most of this first.
        limit: how many candidates at most.
        diverse: keep one of each architecture family; none decides by whether the query is bare.
        scan: how many repos of the listing are looked at before the search gives up.
        without: repos that are passed over, by name.
    """

    search: str | None = None
    task: str | None = None
    libraries: tuple[str, ...] = ()
    licenses: tuple[str, ...] = ()
    max_params: int | None = DEFAULT_MAX_PARAMS
    min_params: int | None = None
    author: str | None = None
    tags: tuple[str, ...] = ()
    base_model: str | None = None
    sort: Sort = "downloads"
    limit: int = 20
    diverse: bool | None = None
    scan: int = 5000
    without: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self._check_words()
        if self.limit < 1:
            raise UsageError("--limit must be at least 1", f"it is {self.limit}", "--limit 20")
        if self.max_params is not None and self.min_params is not None and self.min_params > self.max_params:
            raise UsageError(
                "--min-params is above --max-params",
                f"{self.min_params:,} > {self.max_params:,}",
                f"swap them: --min-params {self.max_params} --max-params {self.min_params}",
            )

    def _check_words(self) -> None:
        if self.libraries:
            self._check_libraries()
        if self.sort not in get_args(Sort):
            near = next(iter(near_words(self.sort, get_args(Sort))), "downloads")
            raise UsageError(
                f"Cannot sort by '{self.sort}'", f"there are {', '.join(get_args(Sort))}", f"--sort {near}"
            )

    def _check_libraries(self) -> None:
        known = list(dict.fromkeys(library for modality in MODALITIES for library in modality.loaders))
        unknown = [name for name in self.libraries if name not in known]
        if unknown:
            listed = f"{', '.join(known[:-1])} and {known[-1]}"
            near = next(iter(near_words(unknown[0], known)), "timm")
            raise UsageError(f"Unknown library '{', '.join(unknown)}'", f"hubscore loads {listed}", f"--library {near}")

    @property
    def bare(self) -> bool:
        """Whether nothing says what to look for."""
        return self.search is None and self.author is None and self.base_model is None and not self.tags

    @property
    def one_per_family(self) -> bool:
        """Whether one checkpoint of each architecture family is kept."""
        return self.bare if self.diverse is None else self.diverse


def parse_count(text: str, option: str = "--max-params") -> int | None:
    """Read a number of parameters: ``300M``, ``1.2B``, ``5e6``, ``25_000_000``; ``none`` lifts the limit.

    Raises:
        UsageError: the text is not such a number.

    Example:
        >>> parse_count("1.2B")
        1200000000
    """
    plain = text.strip().replace(",", "_")
    if plain.lower() == "none":
        return None
    match = _COUNT.fullmatch(plain)
    try:
        number = float(match["number"].replace("_", "")) if match else 0.0
    except ValueError:
        number = 0.0
    if match is None or number <= 0:
        raise UsageError(
            f"Cannot read {option} '{text}'", "it is not a number of parameters", f"{option} 300M (or 1.2B, 5e6, none)"
        )
    return round(number * _UNITS[match["unit"].upper()])

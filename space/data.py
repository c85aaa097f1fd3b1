"""The only reader: a results data set on the Hub, or a folder of the same layout, and the last good state of it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import pandas as pd
import pyarrow as pa
from huggingface_hub import HfApi, constants, hf_hub_download
from huggingface_hub.errors import (
    EntryNotFoundError,
    HfHubHTTPError,
    HFValidationError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
)
from huggingface_hub.utils import httpx
from schema import PARQUET, UnreadableError, empty_table, table_of

SCORES = "scores.json"
CHECK_SECONDS = 60.0
PATIENCE = 2.0
"""Seconds that a visitor waits for a look at newer results before seeing the last good ones."""

_SAFE_RUN = re.compile(r"[\w.-]{1,100}", re.ASCII)
_MAP = re.compile(r"maps/[\w.-]{1,100}\.json", re.ASCII)
FAULTS = (
    OSError,
    ValueError,
    httpx.HTTPError,
    pa.ArrowException,
    HfHubHTTPError,
    HFValidationError,
    OfflineModeIsEnabled,
)


class Source(Protocol):
    """Where results come from."""

    name: str
    endpoint: str

    def revision(self) -> str:
        """Return what changes whenever a file changes."""
        ...

    def names(self, revision: str) -> frozenset[str]:
        """Return the path of every file."""
        ...

    def read(self, path: str, revision: str) -> bytes:
        """Return the content of a file."""
        ...


@dataclass
class Folder:
    """Results in a folder of this machine."""

    root: Path
    endpoint: str = constants.ENDPOINT

    @property
    def name(self) -> str:
        """The folder's name, without where it lies."""
        return self.root.name

    def revision(self) -> str:
        """Return a hash of the names, sizes and times of the files."""
        if not self.root.is_dir():
            raise UnreadableError(f"the folder {self.root} does not exist")
        facts = [
            (path.relative_to(self.root).as_posix(), path.stat())
            for path in sorted(self.root.rglob("*"))
            if path.is_file()
        ]
        return hashlib.sha256(
            repr([(name, stat.st_size, stat.st_mtime_ns) for name, stat in facts]).encode()
        ).hexdigest()

    def names(self, revision: str) -> frozenset[str]:
        """Return the path of every file."""
        return frozenset(path.relative_to(self.root).as_posix() for path in self.root.rglob("*") if path.is_file())

    def read(self, path: str, revision: str) -> bytes:
        """Return the content of a file."""
        return (self.root / path).read_bytes()


@dataclass
class Repo:
    """Results in a data set on the Hub."""

    name: str
    token: str | None = None
    endpoint: str = constants.ENDPOINT
    _files: dict[str, frozenset[str]] = field(default_factory=dict)

    def revision(self) -> str:
        """Return the newest commit."""
        info = HfApi(endpoint=self.endpoint, token=self.token).dataset_info(self.name, timeout=8)
        self._files = {str(info.sha): frozenset(file.rfilename for file in info.siblings or ())}
        return str(info.sha)

    def names(self, revision: str) -> frozenset[str]:
        """Return the path of every file, as the last look found them."""
        return self._files.get(revision, frozenset())

    def read(self, path: str, revision: str) -> bytes:
        """Return the content of a file; by commit it is downloaded once."""
        local = hf_hub_download(
            self.name, path, repo_type="dataset", revision=revision, endpoint=self.endpoint, token=self.token
        )
        return Path(local).read_bytes()


@dataclass(frozen=True)
class Snapshot:
    """The results at one moment.

    Attributes:
        table: one row per model and board, every known column present.
        scores: what each score is, in words.
        revision: of the source.
        read_at: when it was read, in seconds since 1970.
        notes: what visitors must know about the files (older or newer layout).
        names: every file of the source.
    """

    table: pd.DataFrame
    scores: Mapping[str, Any]
    revision: str = ""
    read_at: float = 0.0
    notes: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()

    @cached_property
    def score_names(self) -> tuple[str, ...]:
        """Every score, in the order in which it is explained."""
        found = [name.removeprefix("score_") for name in self.table.columns if name.startswith("score_")]
        described = [name for name in self.scores if name in found]
        return tuple(dict.fromkeys(described + found))


def _scores_of(content: bytes) -> dict[str, Any]:
    data = json.loads(content)
    return (
        {str(name): facts for name, facts in data.items() if isinstance(facts, dict)} if isinstance(data, dict) else {}
    )


class Results:
    """Keeps the newest results, looks for newer ones at most once a minute, and goes on with the last good ones when
    that fails.

    Args:
        source: where they come from, none when the page was not told.
        check_seconds: how long nobody is asked again.
    """

    def __init__(self, source: Source | None, *, check_seconds: float = CHECK_SECONDS) -> None:
        self.source, self.check_seconds = source, check_seconds
        self.problem: str | None = None
        self._last: Snapshot | None = None
        self._checked = float("-inf")
        self._lock = threading.Lock()
        self._files: dict[tuple[str, str], Any] = {}
        self._missed: dict[tuple[str, str], float] = {}

    @property
    def name(self) -> str:
        """What is read, in a word."""
        return self.source.name if self.source else "no results"

    @property
    def endpoint(self) -> str:
        """The Hub that links lead to."""
        return self.source.endpoint if self.source else constants.ENDPOINT

    def snapshot(self) -> Snapshot:
        """Return the newest results that could be read; empty ones when none ever could."""
        if self._due and self._lock.acquire(
            blocking=self._last is None
        ):  # who comes second meanwhile gets the last ones
            looking = threading.Thread(target=self._look_once, daemon=True)
            looking.start()
            looking.join(PATIENCE if self._last else None)
        return self._last or Snapshot(empty_table(), {})

    def file(self, path: str) -> Any:
        """Return a JSON file of the results, none where it is missing, damaged or cannot be fetched now."""
        last = self._last
        if last is None or self.source is None or path not in last.names:
            return None
        key = (last.revision, path)
        if key in self._files:
            return self._files[key]
        if (
            time.monotonic() - self._missed.get(key, float("-inf")) < self.check_seconds
        ):  # a Hub that is down is not asked each time
            return None
        try:
            content = json.loads(self.source.read(path, last.revision))
        except (*FAULTS, EntryNotFoundError):
            self._missed = {kept: when for kept, when in list(self._missed.items())[-200:] if kept[0] == last.revision}
            self._missed[key] = time.monotonic()
            return None
        self._files = {kept: value for kept, value in list(self._files.items())[-20:] if kept[0] == last.revision} | {
            key: content
        }
        return content

    def run(self, run_id: str) -> Mapping[str, Any]:
        """Return the full record of a run, empty where it cannot be had."""
        data = self.file(f"runs/{run_id}.json") if _SAFE_RUN.fullmatch(run_id) else None
        return data if isinstance(data, dict) else {}

    def maps(self) -> tuple[str, ...]:
        """Return the paths of the model maps."""
        return tuple(sorted(name for name in (self._last.names if self._last else ()) if _MAP.fullmatch(name)))

    @property
    def _due(self) -> bool:
        return time.monotonic() - self._checked >= self.check_seconds

    def _look_once(self) -> None:
        """Look, if nobody has meanwhile, and let go of the lock that :meth:`snapshot` took."""
        try:
            if self._due:
                self._look()
                self._checked = time.monotonic()
        finally:
            self._lock.release()

    def _look(self) -> None:
        try:
            if self.source is None:
                raise UnreadableError("neither RESULTS_REPO nor RESULTS_DIR is set")
            revision = self.source.revision()
            if self._last is None or revision != self._last.revision:
                self._last = self._read(self.source, revision)
            self.problem = None
        except FAULTS as error:
            self.problem = _describe(error, self.name)

    def _read(self, source: Source, revision: str) -> Snapshot:
        names = source.names(revision)
        if PARQUET not in names:
            return Snapshot(empty_table(), {}, revision, time.time(), (), names)
        table, notes = table_of(source.read(PARQUET, revision))
        scores: dict[str, Any] = {}
        if SCORES in names:
            try:
                scores = _scores_of(source.read(SCORES, revision))
            except ValueError:
                notes = (*notes, f"{SCORES} is damaged: scores are shown without their explanations.")
        return replace(Snapshot(table, scores), revision=revision, read_at=time.time(), notes=notes, names=names)


def open_results(environment: Mapping[str, str] = os.environ) -> Results:
    """Return the results that ``RESULTS_DIR`` (a folder) or ``RESULTS_REPO`` (a data set on the Hub) names."""
    if environment.get("RESULTS_DIR"):
        return Results(Folder(Path(environment["RESULTS_DIR"])), check_seconds=2)
    if environment.get("RESULTS_REPO"):
        return Results(Repo(environment["RESULTS_REPO"], token=environment.get("HF_TOKEN")))
    return Results(None)


def _describe(error: Exception, name: str) -> str:
    if isinstance(error, UnreadableError):
        return str(error)
    if isinstance(error, RepositoryNotFoundError):
        return f"the data set {name} does not exist, or this page may not read it"
    if isinstance(error, HfHubHTTPError) and error.response is not None:
        return f"the Hub answered {error.response.status_code}"
    if isinstance(error, (pa.ArrowException, json.JSONDecodeError)):
        return f"{PARQUET} is damaged"
    return (
        "the Hub cannot be reached"
        if isinstance(error, (httpx.HTTPError, OSError))
        else f"it cannot be read ({type(error).__name__})"
    )

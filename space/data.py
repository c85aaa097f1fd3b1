"""The only reader of results: keeps the last good state of a source."""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from huggingface_hub import constants
from huggingface_hub.errors import (
    EntryNotFoundError,
    HfHubHTTPError,
    HFValidationError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
)
from huggingface_hub.utils import httpx
from patience import Patience
from schema import PARQUET, UnreadableError, empty_table, table_of
from sources import Folder, Repo, Source

SCORES = "scores.json"
CHECK_SECONDS = 60.0
SILENT = "the Hub has not answered yet"
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


def _json(content: bytes) -> Any:
    """Return what a file holds, none where it is damaged: it is the same whenever it is read."""
    try:
        return json.loads(content)
    except ValueError:
        return None


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
        self._looking: threading.Thread | None = None
        self._answered = False
        self._fetching: dict[tuple[str, str], threading.Thread] = {}
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

    def snapshot(self, patience: Patience | None = None) -> Snapshot:
        """Return the newest results that could be read; empty ones when none ever could.

        Who finds nothing to show waits as long as the results are being read, once the Hub has answered at all.
        """
        patience, first = patience or Patience(), False
        with self._lock:
            if self._due and (self._looking is None or not self._looking.is_alive()):
                first, self._looking = True, threading.Thread(target=self._look, daemon=True)
                self._looking.start()
            looking = self._looking
        if looking is not None and (first or self._last is None):  # who comes second meanwhile gets the last ones
            done = patience.wait(looking)
            if not done and self._last is None and self._answered:
                looking.join()
        return self._last or Snapshot(empty_table(), {})

    def file(self, path: str, patience: Patience | None = None) -> Any:
        """Return a JSON file of the results, none where it is missing, damaged or cannot be fetched in time.

        What comes too late for one view is there for the next one.
        """
        last, patience = self._last, patience or Patience()
        if last is None or self.source is None or path not in last.names:
            return None
        key = (last.revision, path)
        if key in self._files:
            return self._files[key]
        missed = time.monotonic() - self._missed.get(key, float("-inf")) < self.check_seconds
        if not missed and patience.left > 0:  # a Hub that is down is not asked each time
            with self._lock:
                fetching = self._fetching.get(key)
                if fetching is None:
                    fetching = self._fetching[key] = threading.Thread(
                        target=self._fetch, args=(self.source, key), daemon=True
                    )
                    fetching.start()
            if not patience.wait(fetching):
                self._miss(key)
        patience.lacking = patience.lacking or key not in self._files
        return self._files.get(key)

    def run(self, run_id: str, patience: Patience | None = None) -> Mapping[str, Any]:
        """Return the full record of a run, empty where it cannot be had."""
        data = self.file(f"runs/{run_id}.json", patience) if _SAFE_RUN.fullmatch(run_id) else None
        return data if isinstance(data, dict) else {}

    def maps(self) -> tuple[str, ...]:
        """Return the paths of the model maps."""
        return tuple(sorted(name for name in (self._last.names if self._last else ()) if _MAP.fullmatch(name)))

    @property
    def _due(self) -> bool:
        return time.monotonic() - self._checked >= self.check_seconds

    def _fetch(self, source: Source, key: tuple[str, str]) -> None:
        """Keep a file, with few others of the same revision; the thread of :meth:`file`."""
        revision, path = key
        try:
            content = _json(source.read(path, revision))
        except (*FAULTS, EntryNotFoundError):
            self._miss(key)
        else:
            with self._lock:
                files = list(self._files.items())[-20:]
                self._files = {kept: value for kept, value in files if kept[0] == revision} | {key: content}
        finally:
            with self._lock:
                del self._fetching[key]

    def _miss(self, key: tuple[str, str]) -> None:
        with self._lock:
            missed = list(self._missed.items())[-200:]
            self._missed = {kept: when for kept, when in missed if kept[0] == key[0]} | {key: time.monotonic()}

    def _look(self) -> None:
        """Look for newer results; the thread of :meth:`snapshot`."""
        self._answered = False
        if self._last is None:
            self.problem = SILENT
        try:
            if self.source is None:
                raise UnreadableError("neither RESULTS_REPO nor RESULTS_DIR is set")
            revision = self.source.revision()
            self._answered = True
            if self._last is None or revision != self._last.revision:
                self._last = self._read(self.source, revision)
            self.problem = None
        except FAULTS as error:
            self.problem = _describe(error, self.name)
        finally:
            self._checked = time.monotonic()

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

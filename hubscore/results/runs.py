"""One run: a whole ranking as a JSON record with an id and a date of its own."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hubscore.errors import StorageError
from hubscore.install import UPGRADE
from hubscore.results.saved_ranking import load_ranking, parse_ranking
from hubscore.text import clean, parse_json
from hubscore.types import SCHEMA, Json, Ranking

RUNS = "runs"
_RUN_ID = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z-[0-9a-f]{8}")

HINTS = frozenset({"same_classes"})
"""Keys of a row that are never published."""


@dataclass(frozen=True)
class Run:
    """A ranking as it is published.

    Attributes:
        id: when it was made, and eight digits of its hash: ``2026-11-20T12-00-00Z-1a2b3c4d``.
        date: when it was made, in UTC: ``2026-11-20T12:00:00Z``.
        data: the ranking's JSON.
    """

    id: str
    date: str
    data: Json

    @property
    def path(self) -> str:
        """Where its record lies in a results data set."""
        return run_path(self.id)

    @property
    def ranking(self) -> Ranking:
        """The run as a ranking.

        Raises:
            StorageError: it is damaged; the key is named.
        """
        return parse_ranking(self.data, self.path)

    def to_bytes(self) -> bytes:
        """Return the record: the whole ranking, with ``run`` and ``date`` beside it."""
        return _dump({**self.data, "run": self.id, "date": self.date})


def run_path(run_id: str) -> str:
    """Return where a run's record lies in a results data set."""
    return f"{RUNS}/{run_id}.json"


def as_run(source: Ranking | Mapping[str, Any] | str | os.PathLike[str]) -> Run:
    """Return a ranking as a run; the same ranking is always the same run.

    Its date is the one that the ranking itself carries (``record.date``), so that a copy of a file is the same run.

    Args:
        source: a ranking, its JSON, or the file it was saved in.

    Raises:
        StorageError: no such file, no ranking, written by a newer hubscore, or nothing says when it was made.
    """
    if isinstance(source, Mapping):
        check_schema(source.get("schema"), "the ranking")
        return _run(_without_hints(source), None)
    ranking = source if isinstance(source, Ranking) else load_ranking(os.fspath(source))
    return _run(_without_hints(ranking.to_json()), None)


def _without_hints(ranking: Mapping[str, Any]) -> Json:
    """Return a ranking's JSON without what only whoever ranked is told: a suspicion about somebody's checkpoint is not
    published.
    """
    rows, skipped = ranking.get("rows") or (), ranking.get("skipped") or ()
    plain = [{key: value for key, value in row.items() if key not in HINTS} for row in rows]
    told = [one for one in skipped if not one.get("hint")]
    return {**ranking, "rows": plain, **({"skipped": told} if "skipped" in ranking else {})}


def run_id(source: Ranking | Mapping[str, Any]) -> str:
    """Return the id under which a ranking is published; see :func:`as_run`."""
    return as_run(source).id


def read_run(content: bytes, path: str) -> Run:
    """Read a published record; one that an older hubscore wrote still reads.

    Raises:
        StorageError: it is not a record, or a newer hubscore wrote it.
    """
    try:
        data = parse_json(content)
    except ValueError as error:
        raise StorageError(
            f"Cannot read the record '{clean(path)}'", f"it is not JSON ({error})", "publish the ranking again"
        ) from error
    if not isinstance(data, dict) or not isinstance(data.get("rows"), list):
        raise StorageError(
            f"Cannot read the record '{clean(path)}'", "it is JSON, but holds no ranking", "publish the ranking again"
        )
    check_schema(data.get("schema"), f"the record '{clean(path)}'")
    parts = [*data["rows"], *(row.get("scores") or {} for row in data["rows"] if isinstance(row, dict))]
    if not all(
        isinstance(part, dict) for part in (*parts, *(data.get(key) or {} for key in ("probe", "record", "scores")))
    ):
        raise StorageError(f"Cannot read the record '{clean(path)}'", "it is damaged", "publish the ranking again")
    named = data.pop("run", None)
    dated = _utc(data.pop("date", None))
    run = _run(data, dated)
    return Run(named if isinstance(named, str) and _RUN_ID.fullmatch(named) else run.id, run.date, data)


def check_schema(schema: Any, subject: str) -> None:
    """Refuse what a newer hubscore wrote.

    Raises:
        StorageError: the schema is newer than this program's, or none.
    """
    if not isinstance(schema, int) or isinstance(schema, bool):
        raise StorageError(
            f"Cannot read {subject}", "it carries no schema number", "hubscore rank DATASET --out ranking.json"
        )
    if schema > SCHEMA:
        why = f"it has schema {schema}, and this hubscore reads up to {SCHEMA}"
        raise StorageError(f"Cannot read {subject}", why, f"upgrade: {UPGRADE}")


def _run(data: Json, otherwise: datetime | None) -> Run:
    made = _utc((data.get("record") or {}).get("date")) or otherwise
    if made is None:
        raise StorageError(
            "The ranking cannot be published",
            "its record.date does not say when it was made",
            "rank again with --out ranking.json",
        )
    return Run(f"{made:%Y-%m-%dT%H-%M-%SZ}-{_digest(data)}", f"{made:%Y-%m-%dT%H:%M:%SZ}", data)


def _digest(data: Json) -> str:
    """Hash what makes the ranking this one; no name that may have to be left out of what is sent, so that leaving it
    out keeps the id.
    """
    probe, rows = data.get("probe") or {}, data.get("rows") or ()
    scored = sorted((str(row.get("revision")), sorted((row.get("scores") or {}).items())) for row in rows)
    told = {"date": (data.get("record") or {}).get("date"), "fingerprint": probe.get("fingerprint"), "rows": scored}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:8]


def _utc(text: Any) -> datetime | None:
    try:
        date = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    if date is None:
        return None
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)


def _dump(data: Json) -> bytes:
    return (json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()

"""What a watch remembers between two looks: how far it has seen, and every checkpoint that it has tried."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hubscore.atomic import write_atomically
from hubscore.errors import StorageError
from hubscore.install import UPGRADE
from hubscore.text import clean, parse_json

SCHEMA = 1
LOOKS = 3
"""How many looks may try one commit: a Hub that failed once should not cost a checkpoint its place for ever."""


@dataclass(frozen=True)
class AttemptedCheckpoint:
    """One checkpoint that was ranked or could not be.

    Attributes:
        revision: its commit then.
        weights: sha256 of its weight files, empty where unknown.
    """

    revision: str
    weights: tuple[str, ...] = ()


@dataclass(frozen=True)
class State:
    """What is remembered.

    Attributes:
        since: what changed on the Hub before this is known.
        tried: by ``repo_id``.
        again: those that could not be ranked and are to be tried once more, with how often they failed.
    """

    since: datetime
    tried: Mapping[str, AttemptedCheckpoint] = field(default_factory=dict)
    again: Mapping[str, int] = field(default_factory=dict)

    def with_tried(self, tried: Mapping[str, AttemptedCheckpoint], since: datetime) -> State:
        """Return the state after a look."""
        return replace(self, since=max(self.since, since), tried={**self.tried, **tried})

    def with_failed(self, asked: Iterable[str], failed: Collection[str]) -> State:
        """Return the state after ranking ``asked``, of which ``failed`` could not be ranked."""
        counts = {name: self.again.get(name, 0) + 1 for name in asked if name in failed}
        others = {name: count for name, count in self.again.items() if name not in set(asked)}
        return replace(self, again=others | {name: count for name, count in counts.items() if count < LOOKS})


def state_path(out: Path) -> Path:
    """Return where the state lies: beside the ranking."""
    return out.with_suffix(".watch.json")


def read_state(out: Path) -> State | None:
    """Return what was remembered beside a ranking, or none at the first look.

    Raises:
        StorageError: it is damaged, or a newer hubscore wrote it.
    """
    path = state_path(out)
    try:
        data: Any = parse_json(path.read_text(encoding="utf-8"))
        if data["schema"] > SCHEMA:
            raise StorageError(f"Cannot read '{clean(path)}'", "a newer hubscore wrote it", f"upgrade: {UPGRADE}")
        tried = {
            name: AttemptedCheckpoint(item["revision"], tuple(item["weights"])) for name, item in data["tried"].items()
        }
        again = {str(name): int(count) for name, count in data.get("again", {}).items() if name in tried}
        return State(utc(datetime.fromisoformat(data["since"])), tried, again)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageError(
            f"Cannot read '{clean(path)}'", error.strerror or str(error), "check its permissions"
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        fix = "delete it; every new checkpoint since the ranking is then looked at again"
        raise StorageError(f"Cannot read '{clean(path)}'", f"it is damaged ({error})", fix) from error


def write_state(state: State, out: Path) -> None:
    """Remember, whole or not at all.

    Raises:
        StorageError: the disk is full, or the place is not writable.
    """
    tried = {
        name: {"revision": one.revision, "weights": list(one.weights)} for name, one in sorted(state.tried.items())
    }
    data = {
        "schema": SCHEMA,
        "since": state.since.isoformat(),
        "tried": tried,
        "again": dict(sorted(state.again.items())),
    }
    write_atomically(state_path(out), (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode())


def utc(date: datetime) -> datetime:
    """Return a date with its zone; one without is in UTC."""
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)

"""What a cache remembers beside results: by which keys a candidate's are found, and which candidates killed a worker.

Both are notes and nothing else: where one cannot be read, a run does without; one that cannot be written is known to
its process alone.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hubscore.errors import ErrorCode
from hubscore.extract.cache_files import seal, unseal, write_file
from hubscore.types import Json

SCORES = "scores"
FOLDERS = ("known", "refused", SCORES)
ENDING = ".json"
_MOST_UNWRITTEN = 10_000
_unwritten: dict[Path, bytes] = {}


class Notes:
    """A folder of small JSON files, each found by plain values that it belongs to.

    Args:
        folder: made with the first note.

    Example:
        >>> import tempfile
        >>> notes = Notes(Path(tempfile.mkdtemp()))
        >>> notes.write({"of": "a"}, {"said": 1})
        >>> notes.read({"of": "a"}), notes.read({"of": "b"})
        ({'said': 1}, None)
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, identity: Json) -> Json | None:
        """Return the note, or none."""
        path = self._file(identity)
        with suppress(OSError, ValueError):
            return unseal(_unwritten.get(path) or path.read_bytes())
        return None

    def write(self, identity: Json, note: Json) -> None:
        """Keep a note in the place of an earlier one; where the disk does not take it, while this process lives."""
        path, content = self._file(identity), seal(note)
        try:
            write_file(path, content)
            _unwritten.pop(path, None)
        except OSError:
            if len(_unwritten) < _MOST_UNWRITTEN:
                _unwritten[path] = content

    def forget(self, identity: Json) -> None:
        """Delete a note, if there is one."""
        _unwritten.pop(self._file(identity), None)
        with suppress(OSError):
            self._file(identity).unlink()

    def _file(self, identity: Json) -> Path:
        canonical = json.dumps(identity, sort_keys=True, separators=(",", ":"))
        return self.folder / f"{hashlib.sha256(canonical.encode('ascii')).hexdigest()}{ENDING}"


@dataclass(frozen=True)
class Refusal:
    """Why a candidate is not run again.

    Attributes:
        reason: what became of its process, in words.
        code: one of ``process-died``, ``out-of-memory``, ``timed-out``.
        date: of that run.
        seconds: how long it was let run.
    """

    reason: str
    code: ErrorCode
    date: str
    seconds: float

    @property
    def text(self) -> str:
        """The reason for a list of skipped candidates."""
        return f"was not run: on {self.date} {self.reason}; --retry runs it again"


class Refused:
    """The candidates that ended a worker, each under the versions with which it did.

    Args:
        root: of the cache.
    """

    def __init__(self, root: Path) -> None:
        self._notes = Notes(root / "refused")

    def find(self, identity: Json, seconds: float) -> Refusal | None:
        """Return why a candidate is not run again; none where it may be: also where it was too slow and has more time
        now.
        """
        note = self._notes.read(identity)
        try:
            found = None if note is None else Refusal(**{**note, "code": ErrorCode(note["code"])})
        except (KeyError, TypeError, ValueError):
            return None
        if found is not None and found.code == ErrorCode.TIMED_OUT and seconds > found.seconds:
            return None
        return found

    def remember(self, identity: Json, reason: str, code: ErrorCode, seconds: float) -> None:
        """Note what became of a candidate's process."""
        date = datetime.now(UTC).date().isoformat()
        self._notes.write(identity, {"reason": reason, "code": code, "date": date, "seconds": seconds})

    def forget(self, identity: Json) -> None:
        """Let a candidate be run again."""
        self._notes.forget(identity)


class KnownKeys:
    """By which keys the results of candidates are found, so that what is stored is read without loading a library.

    Args:
        root: of the cache.
    """

    def __init__(self, root: Path) -> None:
        self._notes = Notes(root / "known")

    def find(self, identity: Json) -> tuple[str, ...] | None:
        """Return the keys, or none."""
        note = self._notes.read(identity)
        keys = None if note is None else note.get("keys")
        return tuple(keys) if isinstance(keys, list) and all(isinstance(key, str) for key in keys) else None

    def remember(self, identity: Json, keys: tuple[str, ...]) -> None:
        """Note the keys."""
        self._notes.write(identity, {"keys": list(keys)})


def clear_notes(root: Path) -> None:
    """Delete all notes of a cache."""
    for path in [path for path in _unwritten if path.is_relative_to(root)]:
        del _unwritten[path]
    for name in FOLDERS:
        for path in (root / name).glob(f"*{ENDING}"):
            path.unlink(missing_ok=True)

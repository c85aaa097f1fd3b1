"""Accuracies after short fine-tunings, on disk: a small JSON file each, so that no fine-tuning is done twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hubscore.errors import StorageError
from hubscore.extract.cache_files import HALF_WRITTEN, discard, seal, write_file
from hubscore.extract.unwritten import Unwritten
from hubscore.text import parse_json
from hubscore.types import Candidate, Measured

FOLDER = "finetuned"
ENDING = ".json"


@dataclass(frozen=True)
class MeasuredFile:
    """A stored accuracy: its key, whose it is, and what it takes on disk."""

    key: str
    model: str
    revision: str
    bytes: int


class Spare(Protocol):
    """What keeps files in memory: the cache that the folder belongs to."""

    unwritten: Unwritten

    def keep(self, path: Path, content: bytes, error: StorageError) -> None:
        """Keep a file that the disk did not take, or raise the error."""
        ...


class MeasuredFiles:
    """The folder of accuracies below a cache; several processes may use it at once.

    Args:
        root: of the cache.
        spare: keeps what the disk does not take.
    """

    def __init__(self, root: Path, spare: Spare) -> None:
        self.folder, self._spare = root / FOLDER, spare

    def read(self, key: str) -> Measured | None:
        """Return a stored accuracy, or none; a damaged file is removed, with a warning, and counts as none.

        Raises:
            StorageError: the file is there and may not be read.
        """
        path = self._file(key)
        try:
            data = parse_json((self._spare.unwritten.get(path) or path.read_bytes()).decode("utf-8"))
            found = Measured.from_json(data["measured"])
            if not 0 <= found.accuracy <= 1 or data["key"] != key:
                raise ValueError("it holds another result")
            return found
        except (FileNotFoundError, NotADirectoryError):
            return None
        except PermissionError as error:
            raise StorageError(f"Cannot read {path}", str(error.strerror), f"chmod -R u+rw {self.folder}") from error
        except Exception as error:  # whatever a damaged file makes the readers raise
            discard(path, error, "it")
            return None

    def write(self, key: str, candidate: Candidate, measured: Measured) -> None:
        """Keep an accuracy.

        Raises:
            StorageError: neither the disk nor memory takes it.
        """
        about = {"key": key, "model": candidate.repo_id, "revision": candidate.revision}
        content = seal({**about, "measured": measured.to_json()})
        try:
            write_file(self._file(key), content)
            self._spare.unwritten.forget(self._file(key))
        except OSError as error:
            what = f"Cannot store the accuracy of {candidate.repo_id!r} in {self.folder}"
            fix = "free some space, or --cache-dir DIR that you may write to"
            self._spare.keep(self._file(key), content, StorageError(what, str(error.strerror or error), fix))

    def entries(self) -> Iterator[MeasuredFile]:
        """Yield what is stored; a damaged file too, so that its bytes are not a riddle."""
        for path in sorted(self.folder.glob(f"*{ENDING}")):
            with suppress(OSError):  # removed meanwhile
                size = path.stat().st_size
                try:
                    about = parse_json(path.read_text(encoding="utf-8"))
                    yield MeasuredFile(path.stem, str(about["model"]), str(about["revision"]), size)
                except (ValueError, KeyError, TypeError):
                    yield MeasuredFile(path.stem, "(damaged)", "", size)

    def clear(self) -> None:
        """Delete everything stored, and what an interrupted run left half written."""
        for ending in (ENDING, HALF_WRITTEN):
            for path in self.folder.glob(f"*{ending}"):
                path.unlink(missing_ok=True)
        with suppress(OSError):  # not there, or another process has just written to it
            self.folder.rmdir()

    def _file(self, key: str) -> Path:
        return self.folder / f"{key}{ENDING}"

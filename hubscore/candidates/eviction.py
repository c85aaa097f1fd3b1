"""What a run with ``--evict`` has fetched and not deleted yet, written down before it is fetched: also a run that was
killed leaves nothing behind for good, for the next one reads it.

Each run has a folder in the cache, with a file per checkpoint, and holds a lock for as long as it lives. A folder whose
lock is free is that of a run that ended; whoever comes next takes its files over.
"""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from hubscore.atomic import write_atomically
from hubscore.errors import StorageError
from hubscore.hub.client import snapshot_folder

if TYPE_CHECKING:
    from filelock import BaseFileLock

FOLDER = "evict"
_ENDING, _LOCK, _HALF = ".json", ".lock", ".incomplete"
_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class Fetched:
    """A commit that a run fetches, and what the Hub's cache held of it before.

    Attributes:
        repo_id: on the Hub.
        revision: the commit.
        cache: the folder of the Hub's cache.
        before: names of its files that were there.
        half: names of half-fetched files of the repo that were there.
    """

    repo_id: str
    revision: str
    cache: str
    before: tuple[str, ...] = ()
    half: tuple[str, ...] = ()

    @classmethod
    def now(cls, repo_id: str, revision: str) -> Fetched:
        """Return what the Hub's cache holds of a commit."""
        folder = snapshot_folder(repo_id, revision)
        before = tuple(sorted(path.name for path in folder.iterdir())) if folder.is_dir() else ()
        half = tuple(sorted(path.name for path in _half_fetched(folder)))
        return cls(repo_id, revision, _cache(), before, half)

    @property
    def name(self) -> str:
        """The name of its file."""
        return hashlib.sha256(f"{self.cache} {self.repo_id} {self.revision}".encode()).hexdigest() + _ENDING

    def both(self, other: Fetched) -> Fetched:
        """Return what was there before either of two runs fetched it."""
        before, half = set(self.before) & set(other.before), set(self.half) & set(other.half)
        return Fetched(self.repo_id, self.revision, self.cache, tuple(sorted(before)), tuple(sorted(half)))

    def delete(self) -> int:
        """Delete what was not there before and return the bytes freed; nothing outside the Hub's cache is touched."""
        from huggingface_hub import scan_cache_dir
        from huggingface_hub.errors import CacheNotFound

        if not snapshot_folder(self.repo_id, self.revision).is_dir():
            return 0
        try:
            cache = scan_cache_dir()
        except CacheNotFound:
            return 0
        if self.before:
            repos = [repo for repo in cache.repos if repo.repo_type == "model" and repo.repo_id == self.repo_id]
            revisions = [one for repo in repos for one in repo.revisions if one.commit_hash == self.revision]
            ours = [file for one in revisions for file in one.files if file.file_name not in self.before]
            strategy = cache.delete_files(*ours)
        else:
            strategy = cache.delete_revisions(self.revision)
        strategy.execute()
        return strategy.expected_freed_size

    def delete_half(self) -> int:
        """Delete what was half fetched and return the bytes freed; what somebody fetches at this moment stays."""
        from filelock import FileLock, Timeout

        freed, folder = 0, snapshot_folder(self.repo_id, self.revision)
        locks = Path(_cache()) / ".locks" / folder.parents[1].name
        for path in _half_fetched(folder):
            if path.name in self.half:
                continue
            with suppress(Timeout, OSError, NotImplementedError):
                locks.mkdir(parents=True, exist_ok=True)
                with FileLock(locks / f"{path.name.partition('.')[0]}{_LOCK}", timeout=0):
                    size = path.lstat().st_size
                    path.unlink()
                    freed += size
        with suppress(OSError):  # not empty
            for empty in (folder, folder.parent, folder.parents[1] / "blobs", folder.parents[1]):
                if empty.is_dir():
                    empty.rmdir()
        return freed


class EvictionJournal:
    """What this run fetches, and what runs before it left.

    Args:
        root: of the cache.
    """

    def __init__(self, root: Path) -> None:
        self._root = root / FOLDER
        self._folder = self._root / uuid4().hex
        self._lock: BaseFileLock | None = None

    def open(self) -> dict[tuple[str, str], Fetched]:
        """Begin, and take over what runs that have ended left of the Hub's cache, by repo and commit.

        Where nothing can be written or locked nothing is noted, and nothing taken over.
        """
        from filelock import FileLock

        taken: dict[tuple[str, str], Fetched] = {}
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            lock = FileLock(f"{self._folder}{_LOCK}")
            lock.acquire(timeout=0)
            self._folder.mkdir()
            self._lock = lock
            for one in self._left():
                known = taken.get((one.repo_id, one.revision))
                taken[one.repo_id, one.revision] = one if known is None else one.both(known)
        except (OSError, NotImplementedError, StorageError):
            pass
        return taken

    def add(self, fetched: Fetched) -> None:
        """Note a commit that is about to be fetched."""
        if self._lock is not None:
            with suppress(StorageError):  # a full disk: the run goes on, as it does without a cache
                write_atomically(self._folder / fetched.name, json.dumps(asdict(fetched)).encode())

    def remove(self, fetched: Fetched) -> None:
        """Forget a commit: it was deleted, or is to stay."""
        with suppress(OSError):
            (self._folder / fetched.name).unlink(missing_ok=True)

    def _left(self) -> list[Fetched]:
        """Take over the files of runs that have ended; what a run that lives has noted as well is left to it."""
        from filelock import FileLock, Timeout

        live: set[str] = set()
        dead: list[tuple[Path, BaseFileLock]] = []
        found: list[Fetched] = []
        try:
            for folder in sorted(path for path in self._root.iterdir() if path.is_dir() and path != self._folder):
                lock = FileLock(f"{folder}{_LOCK}")
                try:
                    lock.acquire(timeout=0)
                    dead.append((folder, lock))
                except Timeout:
                    live.update(path.name for path in folder.glob(f"*{_ENDING}"))
            for folder, _ in dead:
                found += self._take(folder, live)
        finally:
            for folder, held in dead:
                with suppress(OSError):  # not empty: the next run looks again
                    folder.rmdir()
                    Path(held.lock_file).unlink()
                held.release()
        return found

    def _take(self, folder: Path, live: set[str]) -> list[Fetched]:
        found = []
        for path in folder.glob(f"*{_ENDING}"):
            one = _read(path)
            if one is not None and (path.name in live or one.cache != _cache()):
                continue
            if one is not None:
                there = _read(self._folder / one.name)
                one = one if there is None else one.both(there)
                write_atomically(self._folder / one.name, json.dumps(asdict(one)).encode())
                found.append(one)
            path.unlink()
        return found


def _read(path: Path) -> Fetched | None:
    """Return what a file says; none where it is damaged, or names anything but a commit of a repo."""
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    try:
        said = json.loads(path.read_bytes())
        one = Fetched(**{**said, "before": tuple(said["before"]), "half": tuple(said["half"])})
        validate_repo_id(one.repo_id)
        names = (*one.before, *one.half, one.cache)
        good = (
            all(isinstance(name, str) for name in names) and _COMMIT.fullmatch(one.revision) and one.name == path.name
        )
    except (OSError, ValueError, TypeError, KeyError, RecursionError, HFValidationError):
        return None
    return one if good else None


def _cache() -> str:
    from huggingface_hub import constants

    return str(Path(constants.HF_HUB_CACHE).absolute())


def _half_fetched(folder: Path) -> list[Path]:
    """Return the half-fetched files beside the snapshots of a repo."""
    return [path for path in (folder.parents[1] / "blobs").glob(f"*{_HALF}") if not path.is_symlink()]

"""What has no room in memory: bytes in one temporary file, gone when the run is."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
import weakref
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: what a killed run leaves behind stays there
    fcntl = None  # type: ignore[assignment]

_PREFIX, _ENDING = "hubscore-", ".spill"
_FREE = 0.25
"""Of what is free on the disk, at most this share is taken."""
_FRESH = 60
"""A file younger than so many seconds is never taken for one that a killed run left."""


@dataclass(frozen=True)
class Span:
    """Where some bytes lie: a file, their place in it, and how many; valid in any process of this machine."""

    path: str
    start: int
    length: int

    def read(self) -> bytes:
        """Return the bytes.

        Raises:
            OSError: the file is gone, which it is when the process that wrote it has ended.
        """
        file = _opened(self.path)
        found, start = b"", self.start
        while len(found) < self.length:  # a read may give less than it was asked for
            part = os.pread(file, self.length - len(found), start + len(found))
            if not part:
                raise OSError(f"{self.path} ends before what was kept in it")
            found += part
        return found


class SpillFile:
    """A temporary file that grows; made when the first bytes are written.

    Args:
        room: how many bytes it takes; never more than a quarter of what is free on its disk.
        named: whether other processes are to find it; a nameless one is gone even where this process is killed.

    Example:
        >>> file = SpillFile(10)
        >>> file.write(b"abc").read(), file.write(b"more than that")
        (b'abc', None)
    """

    def __init__(self, room: int, *, named: bool = True) -> None:
        self._room, self._end, self._path, self.named = room, 0, "", named
        self._lock = threading.Lock()

    def write(self, data: bytes) -> Span | None:
        """Keep bytes; return where they lie, or none where there is no room for them."""
        with self._lock:
            if self._end + len(data) > self._room or not (self._path or self._made()):
                return None
            try:
                self._put(data)
            except OSError:  # the disk is full: what does not fit is kept by nobody, or in memory
                self._room = self._end
                return None
            span = Span(self._path, self._end, len(data))
            self._end += len(data)
            return span

    def _put(self, data: bytes) -> None:
        """Write all of it: a disk that is nearly full takes a part, and says so only at the next write."""
        file, done = _opened(self._path), 0
        while done < len(data):
            done += os.pwrite(file, memoryview(data)[done:], self._end + done)

    def _made(self) -> bool:
        """Make the file; whatever forbids that leaves no room."""
        try:
            folder = spill_folder()
            _sweep(folder)
            handle, self._path = tempfile.mkstemp(_ENDING, _PREFIX, folder)
            self._room = min(self._room, int(_FREE * shutil.disk_usage(folder).free))
        except OSError:
            self._room = 0
            return False
        if not self.named:
            with suppress(OSError):  # a system that keeps the names of open files
                os.unlink(self._path)
        elif fcntl is not None:
            with suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # held while this process lives
        with _lock:
            _files[self._path] = handle
        weakref.finalize(self, _removed, self._path, os.getpid())
        return True


def spill_folder() -> Path:
    """Return where such files go: ``TMPDIR``, or else ``/var/tmp``, because ``/tmp`` may itself lie in memory."""
    named = os.environ.get("TMPDIR")
    large = Path("/var/tmp")
    if not named and large.is_dir() and os.access(large, os.W_OK):
        return large
    return Path(tempfile.gettempdir())


_files: dict[str, int] = {}
_lock = threading.Lock()


def _opened(path: str) -> int:
    """Return the descriptor of a file, opened once a process."""
    with _lock:
        if path not in _files:
            _files[path] = os.open(path, os.O_RDONLY)
        return _files[path]


def _removed(path: str, owner: int) -> None:
    if os.getpid() != owner:  # a forked child ends too
        return
    with _lock, suppress(OSError, KeyError):
        os.close(_files.pop(path))
    with suppress(OSError):
        os.unlink(path)


def _sweep(folder: Path) -> None:
    """Remove what killed runs of this user left: nobody holds the lock of such a file."""
    if fcntl is None:
        return
    for path in folder.glob(f"{_PREFIX}*{_ENDING}"):
        with suppress(OSError):  # another user's, or gone meanwhile
            found = path.lstat()
            fresh = time.time() - found.st_mtime < _FRESH  # it may not be locked yet
            if fresh or found.st_uid != os.getuid() or path.is_symlink() or str(path) in _files:
                continue
            handle = os.open(path, os.O_RDWR)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
            finally:
                os.close(handle)

"""What a cache's disk did not take, in memory for as long as there is room; a run goes on with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

SHARE = 4
"""At most one part in so many of the memory that is free is taken."""


def room() -> int:
    """Return how many bytes may be kept in memory, beside those that already are."""
    from hubscore.models.memory import free_memory

    return free_memory() // SHARE


class Unwritten:
    """Contents of files by their place; the oldest are let go where a new one has no room, and are computed again.

    Args:
        room: returns how many more bytes may be kept.

    Example:
        >>> files = Unwritten(lambda: 5)
        >>> files.keep(Path("features/a"), b"abc"), files.keep(Path("features/b"), b"more than that")
        (True, False)
        >>> files.get(Path("features/a")), files.below(Path("features"))
        (b'abc', [b'abc'])
    """

    def __init__(self, room: Callable[[], int] = room) -> None:
        self._room, self._files = room, dict[Path, bytes]()

    def keep(self, path: Path, content: bytes) -> bool:
        """Keep a file's content; False where there is no room for it."""
        held = sum(map(len, self._files.values())) - len(self._files.get(path, b""))
        most = self._room() + held
        if len(content) > most:
            return False
        self._files.pop(path, None)
        while held + len(content) > most:
            held -= len(self._files.pop(next(iter(self._files))))
        self._files[path] = content
        return True

    def get(self, path: Path) -> bytes | None:
        """Return a file's content, or none."""
        return self._files.get(path)

    def forget(self, path: Path) -> None:
        """Let a file go: the disk has it."""
        self._files.pop(path, None)

    def below(self, folder: Path) -> list[bytes]:
        """Return the contents of the files in a folder."""
        return [content for path, content in self._files.items() if path.parent == folder]

    def drain(self) -> list[tuple[Path, bytes]]:
        """Return all, and keep none."""
        files = list(self._files.items())
        self._files.clear()
        return files

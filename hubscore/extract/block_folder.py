"""The row blocks of one network on disk: immutable files that several processes may read and write at once.

A block's file is named by a hash of its content, so that every damage shows and nobody ever overwrites another's. A row
may be in two blocks, where two processes computed it at once; either serves. Many small blocks are joined into one,
which is complete before the first of them goes; whoever was about to read one of them looks again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from hubscore.extract.cache_files import SUFFIX, discard, read_metadata, write_file
from hubscore.extract.row_block import RowBlock, content_hash, join_blocks

MOST_BLOCKS = 16
"""This many small blocks may lie in a folder before they are joined."""
SMALL_BYTES = 64_000_000
"""A larger block is not written again to join it with others."""
_LOOKS = 20


class BlockFolder:
    """The blocks of one network.

    Args:
        path: of the folder; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self, rows: Sequence[str]) -> RowBlock | None:
        """Return the wanted rows that are there, in the order wanted, each once; None where there are none.

        As few blocks as possible are read, and a damaged one is removed with a warning.

        Raises:
            PermissionError: a block may not be read.
        """
        found: RowBlock | None = None
        for _ in range(_LOOKS):
            before = self._files()
            try:
                found = self._read(rows)
            except FileNotFoundError:  # joined with others meanwhile: the rows are in another file now
                continue
            complete = found is not None and len(found.rows) == len(set(rows))
            if complete or self._files() == before:
                break  # otherwise a block may have been listed neither before it was joined with others nor after
        return found

    def known(self, rows: Sequence[str]) -> frozenset[str]:
        """Return which of some rows are there, without reading them; none where that cannot be seen."""
        wanted, found = frozenset(rows), set[str]()
        with suppress(OSError):
            for _, stored in self._headers():
                found |= wanted & stored
        return frozenset(found)

    def add(self, block: RowBlock) -> int:
        """Write a block and return its size; then join small ones where there are many.

        Raises:
            OSError: the disk is full or the folder cannot be written; what was there before stays.
        """
        content = block.pack()
        write_file(self.place(content), content)
        with suppress(OSError):  # joining saves time later; that it fails now harms nothing
            self._join_small()
        return len(content)

    def _read(self, rows: Sequence[str]) -> RowBlock | None:
        missing, parts = dict.fromkeys(rows), list[RowBlock]()
        headers = dict(self._headers())
        while missing and headers:
            path = max(headers, key=lambda one: (len(missing.keys() & headers[one]), one.name))
            if not missing.keys() & headers.pop(path):
                break
            block = self._load(path)
            if block is None or (parts and not parts[0].fits(block)):
                continue
            stored = frozenset(block.rows)
            parts.append(block.take([row for row in missing if row in stored]))
            missing = {row: None for row in missing if row not in stored}
        if not parts:
            return None
        return join_blocks(parts).take([row for row in dict.fromkeys(rows) if row not in missing])

    def _headers(self) -> Iterator[tuple[Path, frozenset[str]]]:
        for path in self._files():
            try:
                yield path, frozenset(read_metadata(path)["rows"])
            except (FileNotFoundError, PermissionError):
                raise
            except Exception as error:  # whatever a damaged file makes the readers raise
                discard(path, error, "its rows")

    def _load(self, path: Path) -> RowBlock | None:
        content = path.read_bytes()
        try:
            if content_hash(content) != path.stem:
                raise ValueError("its content is not what was written")
            return RowBlock.unpack(content)
        except Exception as error:
            discard(path, error, "its rows")
            return None

    def _join_small(self) -> None:
        small = [path for path in self._files() if path.stat().st_size <= SMALL_BYTES]
        if len(small) <= MOST_BLOCKS:
            return
        blocks = {path: block for path in small if (block := self._load(path)) is not None}
        together = {path: block for path, block in blocks.items() if next(iter(blocks.values())).fits(block)}
        if len(together) < 2:
            return
        content = join_blocks(list(together.values())).pack()
        joined = self.place(content)
        write_file(joined, content)
        for path in together:
            if path != joined:
                path.unlink(missing_ok=True)

    def _files(self) -> list[Path]:
        return sorted(self.path.glob(f"*{SUFFIX}"))

    def place(self, content: bytes) -> Path:
        """Return where a block of this content lies."""
        return self.path / f"{content_hash(content)}{SUFFIX}"

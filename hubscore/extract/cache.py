"""What networks computed, on disk: features by row, attribution maps and kernels by probe.

``features/`` holds a folder per network (a checkpoint with its transform and layers, see
:func:`hubscore.extract.cache_key.network_key`) with blocks of rows; ``maps/`` a file per network, probe and method;
``kernels/`` a file per network and set of rows; ``known/`` and ``refused/`` notes, see :mod:`hubscore.extract.notes`;
``scores/`` the scores of a checkpoint on a probe, see :mod:`hubscore.run.score_store`;
``locks/`` what two runs share work by, see :mod:`hubscore.extract.candidate_locks`.
What earlier versions wrote, one file per network and probe, lies in ``extractions/`` and is never read.
"""

from __future__ import annotations

import errno
import os
import tempfile
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

from hubscore.errors import ErrorCode, StorageError
from hubscore.extract.block_folder import BlockFolder
from hubscore.extract.cache_entries import CacheEntry, block_entries, file_entries
from hubscore.extract.cache_files import HALF_WRITTEN, SUFFIX, array_of, discard, map_array, pack, unpack, write_file
from hubscore.extract.candidate_locks import clear_locks
from hubscore.extract.measured_files import FOLDER as FINETUNED
from hubscore.extract.measured_files import MeasuredFiles
from hubscore.extract.notes import clear_notes
from hubscore.extract.row_block import RowBlock, rows_of
from hubscore.extract.unwritten import Unwritten
from hubscore.types import Extraction

if TYPE_CHECKING:
    import numpy as np

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_READ_ONLY = frozenset({errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EDQUOT})
_OLD = "extractions"


def _warn(error: StorageError) -> None:
    warnings.warn(f"{error.what}: {error.why}; kept in memory for this run alone", RuntimeWarning, stacklevel=4)


class FeatureCache:
    """A folder of what networks computed; several processes may use it at once.

    What the disk does not take is kept in memory, as long as this object lives and there is room.

    Args:
        root: by default what ``HUBSCORE_CACHE`` names, else ``~/.cache/hubscore``.

    Attributes:
        unwritten: what the disk did not take.
        trouble: told why, the first time; by default a warning says so.

    Example:
        >>> import tempfile
        >>> cache = FeatureCache(tempfile.mkdtemp())
        >>> cache.read_rows("0" * 64, ["1" * 64]) is None
        True
    """

    def __init__(self, root: str | os.PathLike[str] | None = None) -> None:
        self.root = Path(root or os.environ.get("HUBSCORE_CACHE") or Path.home() / ".cache" / "hubscore").expanduser()
        self._features, self._maps, self._old = self.root / "features", self.root / "maps", self.root / _OLD
        self._kernels = self.root / "kernels"
        self.unwritten, self.trouble, self._told = Unwritten(), cast(Callable[[StorageError], object], _warn), False
        self.measured = MeasuredFiles(self.root, self)
        self.lifetime: object = None  # of a temporary folder, which goes with the cache

    def prepare(self) -> None:
        """Make the folder, so that a run that could not keep anything ends before it begins.

        Raises:
            StorageError: it cannot be made or written to.
        """
        try:
            self._features.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=self._features).close()
        except OSError as error:
            fix = "--cache-dir DIR, or HUBSCORE_CACHE=DIR, that you may write to"
            code = ErrorCode.READ_ONLY if error.errno in _READ_ONLY else None
            what, why = f"Cannot keep features in {self.root}", str(error.strerror or error)
            raise StorageError(what, why, fix, code=code) from error

    def read_rows(self, key: str, rows: Sequence[str]) -> RowBlock | None:
        """Return what is stored of some rows, in their order, each once; None where nothing is.

        A damaged block is removed with a warning, and its rows count as not stored.

        Args:
            key: of the network.
            rows: ids, any of them several times.

        Raises:
            StorageError: a block is there and may not be read.
        """
        folder = self._folder(key)
        try:
            found = folder.read(rows)
        except PermissionError as error:
            raise self._unreadable(folder.path, error) from error
        except OSError:  # a disk that fails, a name too long for it: computed again
            found = None
        unwritten = [RowBlock.unpack(content) for content in self.unwritten.below(folder.path)]
        return rows_of([*([] if found is None else [found]), *unwritten], rows) if unwritten else found

    def known_rows(self, key: str, rows: Sequence[str]) -> frozenset[str]:
        """Return which of some rows of a network are on the disk, without reading what they hold."""
        return self._folder(key).known(rows)

    def has_kernel(self, key: str) -> bool:
        """Whether the kernel of a network's layers is on the disk, without reading it."""
        return self._kernel_file(key).is_file()

    def write_rows(self, key: str, block: RowBlock) -> None:
        """Add rows of a network; what was stored before stays.

        Raises:
            StorageError: neither the disk nor memory takes them; nothing that was stored before is touched.
        """
        folder = self._folder(key)
        try:
            folder.add(block)
        except OSError as error:
            content = block.pack()
            self.keep(folder.place(content), content, self._unwritable(error, len(content), block.values.model))

    def keep(self, path: Path, content: bytes, error: StorageError) -> None:
        """Keep a file in memory that the disk did not take, and say so once.

        Args:
            path: where it belongs.
            content: of the file.
            error: why it is not there; raised where memory has no room for it either.
        """
        if not self.unwritten.keep(path, content):
            raise error
        if not self._told:
            self._told = True
            self.trouble(error)

    def read_maps(self, key: str) -> Extraction | None:
        """Return stored attribution maps, or none; a damaged file is removed, with a warning, and counts as none.

        Raises:
            StorageError: the file is there and may not be read.
        """
        return self._read(self._map_file(key), key)

    def write_maps(self, extraction: Extraction) -> None:
        """Write attribution maps; earlier ones of the same key stay until the new ones are complete.

        Raises:
            StorageError: neither the disk nor memory takes them; nothing that was stored before is touched.
        """
        self._write(self._map_file(extraction.key), extraction)

    def read_kernel(self, key: str) -> Extraction | None:
        """Return a stored kernel of a network's layers, or none; a damaged file is removed, with a warning, and counts
        as none.

        Args:
            key: from :func:`hubscore.extract.cache_key.layer_kernel_key`.

        Raises:
            StorageError: the file is there and may not be read.
        """
        return self._read(self._kernel_file(key), key)

    def write_kernel(self, extraction: Extraction) -> None:
        """Write the kernel of a network's layers, under the extraction's key.

        Raises:
            StorageError: as :meth:`write_maps`.
        """
        self._write(self._kernel_file(extraction.key), extraction)

    def map_array(self, key: str, name: str) -> np.ndarray:
        """Return one array of stored attribution maps, read from the disk when it is sliced; it cannot be written to.

        Args:
            key: of maps that are stored.
            name: ``attributions``, or ``features/`` and a layer.

        Raises:
            StorageError: it is not there, or was removed meanwhile.
        """
        path = self._map_file(key)
        content = self.unwritten.get(path)
        try:
            return map_array(path, name) if content is None else array_of(content, name)
        except (OSError, ValueError, KeyError) as error:
            fix = "run again, and let nothing clear the cache meanwhile"
            raise StorageError(f"Cannot read the {name} in {path}", str(error), fix) from error

    def entries(self) -> tuple[CacheEntry, ...]:
        """Return what is stored, by model name; features once per network."""
        files = block_entries(self._features)
        for folder, kind in ((self._maps, "maps"), (self._kernels, "kernel"), (self._old, "old")):
            files += file_entries(folder, kind)
        files += [CacheEntry(it.key, it.model, it.revision, it.bytes, FINETUNED) for it in self.measured.entries()]
        return tuple(sorted(files, key=lambda entry: (entry.model, entry.key)))

    def size(self) -> int:
        """Return the bytes that everything stored takes."""
        return sum(entry.bytes for entry in self.entries())

    def clear(self) -> None:
        """Delete everything stored, also by earlier versions, and what an interrupted run left half written."""
        self.measured.clear()
        clear_notes(self.root)
        clear_locks(self.root)
        for folder in (self._features, self._maps, self._kernels, self._old):
            for path in (*folder.rglob(f"*{SUFFIX}"), *folder.rglob(f"*{HALF_WRITTEN}")):
                path.unlink(missing_ok=True)
            for path in sorted(folder.rglob("*"), reverse=True):
                with suppress(OSError):  # not empty: another process has just written there
                    path.rmdir()

    def _folder(self, key: str) -> BlockFolder:
        return BlockFolder(self._features / key[:2] / key)

    def _map_file(self, key: str) -> Path:
        return self._maps / f"{key}{SUFFIX}"

    def _kernel_file(self, key: str) -> Path:
        return self._kernels / f"{key}{SUFFIX}"

    def _read(self, path: Path, key: str) -> Extraction | None:
        try:
            extraction, meta = unpack(self.unwritten.get(path) or path.read_bytes())
            if meta["key"] != key:
                raise ValueError("it holds another network's or probe's values")
            return extraction
        except (FileNotFoundError, NotADirectoryError):
            return None
        except PermissionError as error:
            raise self._unreadable(path, error) from error
        except Exception as error:  # whatever a damaged file makes the readers raise
            discard(path, error, "it")
            return None

    def _write(self, path: Path, extraction: Extraction) -> None:
        content = pack(extraction)
        try:
            write_file(path, content)
            self.unwritten.forget(path)
        except OSError as error:
            self.keep(path, content, self._unwritable(error, len(content), extraction.model))

    def _unreadable(self, path: Path, error: OSError) -> StorageError:
        return StorageError(f"Cannot read {error.filename or path}", str(error.strerror), f"chmod -R u+rw {self.root}")

    def _unwritable(self, error: OSError, needed: int, model: str) -> StorageError:
        what = f"Cannot store the features of {model!r} in {self.root}"
        if error.errno not in _FULL:
            fix = "--cache-dir DIR, or HUBSCORE_CACHE=DIR, that you may write to"
            return StorageError(what, str(error.strerror or error), fix)
        why = f"the disk is full or a limit is reached, and {needed / 1e6:.1f} MB are needed; what was stored before"
        fix = "free some space (hubscore cache --clear, hf cache prune), or --cache-dir DIR on another disk"
        return StorageError(what, f"{why} is safe", fix, code=ErrorCode.DISK_FULL)

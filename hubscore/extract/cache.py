"""Extractions on disk: one safetensors file each, named by its key, written whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import tempfile
import warnings
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hubscore.errors import StorageError
from hubscore.types import Extraction, Json

if TYPE_CHECKING:
    import numpy as np

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_ARRAYS = ("features", "logits", "attributions")
_META = "hubscore"


@dataclass(frozen=True)
class CacheEntry:
    """One stored extraction: its key, whose it is, and what it takes on disk."""

    key: str
    model: str
    revision: str
    bytes: int


class FeatureCache:
    """A folder of extractions.

    Args:
        root: by default what ``HUBSCORE_CACHE`` names, else ``~/.cache/hubscore``.

    Example:
        >>> store = Store("features")  # doctest: +SKIP
        >>> store.put(extraction); store.get(extraction.key)  # doctest: +SKIP
    """

    def __init__(self, root: str | os.PathLike[str] | None = None) -> None:
        self.root = Path(root or os.environ.get("HUBSCORE_CACHE") or Path.home() / ".cache" / "hubscore").expanduser()
        self._folder = self.root / "extractions"

    def prepare(self) -> None:
        """Make the folder, so that a run that could not keep anything ends before it begins.

        Raises:
            StorageError: it cannot be made or written to.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=self._folder).close()
        except OSError as error:
            fix = "--cache-dir DIR, or HUBSCORE_CACHE=DIR, that you may write to"
            raise StorageError(f"Cannot keep features in {self.root}", str(error.strerror or error), fix) from error

    def get(self, key: str) -> Extraction | None:
        """Return a stored extraction, or none; a damaged file is removed, with a warning, and counts as none.

        Raises:
            StorageError: the file is there and may not be read.
        """
        path = self._path(key)
        try:
            return _read(path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except PermissionError as error:
            raise StorageError(f"Cannot read {path}", str(error.strerror), f"chmod -R u+rw {self.root}") from error
        except Exception as error:  # whatever a damaged file makes the readers raise
            warnings.warn(
                f"Removed the damaged cache file {path} ({error}); it will be computed again",
                RuntimeWarning,
                stacklevel=2,
            )
            with suppress(OSError):
                path.unlink()
            return None

    def mapped(self, key: str, name: str) -> np.ndarray:
        """Return one array of a stored extraction, read from the disk when it is sliced; it cannot be written to.

        Args:
            key: of an extraction that is stored.
            name: ``attributions``, ``logits``, or ``features/`` and a layer.

        Raises:
            StorageError: it is not there, or was removed meanwhile.
        """
        try:
            return _mapped(self._path(key), name)
        except (OSError, ValueError, KeyError) as error:
            raise StorageError(
                f"Cannot read the {name} in {self._path(key)}",
                str(error),
                "run again, and let nothing clear the cache meanwhile",
            ) from error

    def put(self, extraction: Extraction) -> None:
        """Write an extraction; an earlier one of the same key stays until the new one is complete.

        Raises:
            StorageError: the disk is full or the folder cannot be written; nothing that was stored before is touched.
        """
        content = _pack(extraction)
        path = self._path(extraction.key)
        try:
            _write(path, content)
        except OSError as error:
            raise self._explained(error, len(content), extraction.model) from error

    def entries(self) -> tuple[CacheEntry, ...]:
        """Return what is stored, by model name."""
        found = []
        for path in self._folder.glob("*.safetensors"):
            try:
                meta = _meta(path)
                found.append(CacheEntry(path.stem, str(meta["model"]), str(meta["revision"]), path.stat().st_size))
            except Exception:  # damaged, or removed meanwhile: still listed, so that its bytes are not a riddle
                with suppress(OSError):
                    found.append(CacheEntry(path.stem, "(damaged)", "", path.stat().st_size))
        return tuple(sorted(found, key=lambda entry: (entry.model, entry.key)))

    def size(self) -> int:
        """Return the bytes that the stored extractions take."""
        return sum(entry.bytes for entry in self.entries())

    def clear(self) -> None:
        """Delete every extraction, and what an interrupted run left half written."""
        for path in (*self._folder.glob("*.safetensors"), *self._folder.glob("*.part")):
            path.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.safetensors"

    def _explained(self, error: OSError, needed: int, model: str) -> StorageError:
        what = f"Cannot store the features of {model!r} in {self.root}"
        if error.errno in _FULL:
            why = (
                f"the disk is full or a limit is reached, and {needed / 1e6:.1f} MB are needed; what was stored before"
                " is safe"
            )
            return StorageError(
                what,
                why,
                "free some space (hubscore cache --clear, hf cache prune), or --cache-dir DIR on another disk",
            )
        return StorageError(
            what, str(error.strerror or error), "--cache-dir DIR, or HUBSCORE_CACHE=DIR, that you may write to"
        )


def _write(path: Path, content: bytes) -> None:
    """Write beside the place and move there in one step, so that nobody ever sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f"{path.stem[:12]}-", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def _mapped(path: Path, name: str) -> np.ndarray:
    import numpy as np

    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        told = json.loads(file.read(length))[name]
    kinds = {"F16": np.float16, "F32": np.float32, "F64": np.float64}
    return np.memmap(
        path,
        dtype=kinds[told["dtype"]],
        mode="r",
        offset=8 + length + told["data_offsets"][0],
        shape=tuple(told["shape"]),
    )


def _pack(extraction: Extraction) -> bytes:
    import numpy as np
    from safetensors.numpy import save

    named: dict[str, np.ndarray | None] = {f"features/{layer}": values for layer, values in extraction.features.items()}
    named |= {"logits": extraction.logits, "attributions": extraction.attributions}
    arrays = {name: np.ascontiguousarray(values) for name, values in named.items() if values is not None}
    plain = {field.name: getattr(extraction, field.name) for field in fields(extraction) if field.name not in _ARRAYS}
    return save(arrays, metadata={_META: json.dumps(plain, sort_keys=True)})


def _meta(path: Path) -> Json:
    from safetensors import safe_open

    with safe_open(path, framework="numpy") as opened:
        return json.loads(opened.metadata()[_META])  # type: ignore[no-any-return]


def _read(path: Path) -> Extraction:
    from safetensors.numpy import load

    content = path.read_bytes()
    arrays = load(content)
    meta: dict[str, Any] = _meta(path)
    if meta["key"] != path.stem:
        raise ValueError("it holds another extraction")
    features = {
        name.removeprefix("features/"): values for name, values in arrays.items() if name.startswith("features/")
    }
    return Extraction.from_json(
        {**meta, "features": features, "logits": arrays.get("logits"), "attributions": arrays.get("attributions")}
    )

"""The files of a model map: a manifest, and the maps and features of each network in a file of its own."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from hubscore.atomic import write_atomically
from hubscore.errors import StorageError, UsageError
from hubscore.text import parse_json
from hubscore.types import Json

MANIFEST, PICTURES, MODELS = "map.json", "probe.safetensors", "models"
FORMER_MANIFEST = "space.json"
"""What maps of earlier hubscores have in place of the manifest, with the version under ``space``; read, not written."""
VERSION = 1
"""Version of the layout; a renamed key needs a new number."""
MAKE = "hubscore map DATASET --models ... --save DIR"
_ROOM = "--save DIR on a disk with room that you may write to"


class SavedMaps:
    """Maps in a file, read a few images at a time.

    Args:
        path: a safetensors file with ``maps``, shape (n, c, h, w).

    Raises:
        StorageError: the file is missing or damaged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with _open_arrays(path) as opened:
            self.shape: tuple[int, ...] = tuple(opened.get_slice("maps").get_shape())

    def __getitem__(self, rows: slice) -> np.ndarray:
        with _open_arrays(self.path) as opened:
            found: np.ndarray = opened.get_slice("maps")[
                rows.start or 0 : rows.stop if rows.stop is not None else self.shape[0]
            ]
        return found


@contextmanager
def _open_arrays(path: Path) -> Iterator[Any]:
    """Open a safetensors file; what is wrong with it is said in the words of a map."""
    try:
        with safe_open(path, framework="numpy") as opened:
            yield opened
    except (OSError, SafetensorError) as error:
        why = "it is missing" if isinstance(error, FileNotFoundError) else f"it is damaged ({error})"
        taken = f"take that model out (hubscore map --map {path.parent.parent} --remove ID) and add it again"
        fix = f"make the map again: {MAKE}" if path.name == PICTURES else taken
        raise StorageError(f"Cannot read {path}", why, fix) from error


def read_array(path: Path, name: str) -> np.ndarray:
    """Return one array of a file.

    Raises:
        StorageError: the file is missing or damaged, or has no such array.
    """
    with _open_arrays(path) as opened:
        found: np.ndarray = opened.get_tensor(name)
    return found


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays to a file, whole or not at all.

    Raises:
        StorageError: the disk is full or the folder cannot be written.
    """
    _write(path, save({name: np.ascontiguousarray(values) for name, values in arrays.items()}))


def file_name(model: str) -> str:
    """Return a file name for a model, readable and unique.

    Example:
        >>> file_name("org/net")
        'models/org--net-2115b0fe.safetensors'
    """
    readable = re.sub(r"[^A-Za-z0-9._-]+", "--", model).strip("-.")[-60:]
    return f"{MODELS}/{readable}-{hashlib.sha256(model.encode()).hexdigest()[:8]}.safetensors"


def write_manifest(folder: Path, manifest: Json) -> None:
    """Write the manifest, whole or not at all.

    Raises:
        StorageError: the disk is full or the folder cannot be written.
    """
    _write(folder / MANIFEST, json.dumps({"map": VERSION, **manifest}, allow_nan=False).encode())
    (folder / FORMER_MANIFEST).unlink(missing_ok=True)


def _manifest_path(folder: Path) -> Path:
    """Return where a map's manifest lies, or should."""
    former = folder / FORMER_MANIFEST
    return former if former.exists() and not (folder / MANIFEST).exists() else folder / MANIFEST


def read_manifest(folder: Path) -> Json:
    """Return a map's manifest.

    Raises:
        UsageError: the folder holds no map, or one of a newer layout.
        StorageError: the manifest is damaged or cannot be read.
    """
    path, fix = _manifest_path(folder), f"{MAKE} makes one"
    try:
        manifest: Json = parse_json(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(f"{str(folder)!r} is not a model map", f"there is no {MANIFEST} in it", fix) from None
    except OSError as error:
        raise StorageError(
            f"Cannot read {path}", str(error.strerror or error), "check the folder's permissions"
        ) from error
    except ValueError as error:
        raise StorageError(f"Cannot read {path}", f"it is damaged ({error})", f"make the map again: {MAKE}") from error
    version = manifest.get("map", manifest.get("space")) if isinstance(manifest, dict) else None
    if not isinstance(version, int):
        raise UsageError(f"{str(folder)!r} is not a model map", f"its {path.name} is of another program", fix)
    if version != VERSION:
        why = f"its layout has version {version}, and this hubscore reads version {VERSION}"
        raise UsageError(f"Cannot open the map {str(folder)!r}", why, "upgrade hubscore, or make the map again")
    lacking = {"method", "probe", "models", "tables", "undefined"} - manifest.keys()
    if lacking:
        raise StorageError(
            f"Cannot read {path}", f"it is damaged (there is no {min(lacking)})", f"make the map again: {MAKE}"
        )
    return manifest


@contextmanager
def reading_manifest(folder: Path) -> Iterator[None]:
    """Say that a manifest is damaged where reading what it holds fails in the block.

    Raises:
        StorageError: a key is missing, or a value is of another kind.
    """
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        why = (
            f"it is damaged (there is no {error.args[0]})"
            if isinstance(error, KeyError)
            else f"it is damaged ({error})"
        )
        raise StorageError(f"Cannot read {_manifest_path(folder)}", why, f"make the map again: {MAKE}") from error


def check_free(folder: Path) -> None:
    """Raise where a new map would overwrite something.

    Raises:
        UsageError: the folder holds anything.
    """
    if _manifest_path(folder).exists():
        fix = f"hubscore map --map {folder} --add ID, or choose another folder"
        raise UsageError(f"Cannot save a map to {str(folder)!r}", "there is one already", fix)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            f"Cannot save a map to {str(folder)!r}", "something else is there", "name a new folder: --save DIR"
        )


def table_to_json(table: np.ndarray) -> list[list[float | None]]:
    """Return a table as JSON values: nine digits, none where undefined."""
    return [[round(float(value), 9) if np.isfinite(value) else None for value in row] for row in table]


def table_from_json(rows: list[list[float | None]], size: int) -> np.ndarray:
    """Undo :func:`table_to_json`; a map without models has a table of shape (0, 0)."""
    return np.array([[np.nan if value is None else value for value in row] for row in rows], dtype=np.float64).reshape(
        size, size
    )


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content)
    except OSError as error:
        raise StorageError(f"Cannot write '{path}'", str(error.strerror or error), _ROOM) from error
    except StorageError as error:
        raise StorageError(error.what, error.why, _ROOM, code=error.code, **error.details) from error

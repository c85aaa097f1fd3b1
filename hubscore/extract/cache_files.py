"""Extractions as safetensors files: written whole or not at all, read back whole, in part or by their header."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import warnings
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hubscore.types import Extraction, Json

if TYPE_CHECKING:
    import numpy as np

SUFFIX = ".safetensors"
HALF_WRITTEN = ".part"
_ARRAYS = ("features", "logits", "attributions", "layer_kernel")
_SINGLE = _ARRAYS[1:]
_META, _CHECKSUM = "hubscore", "checksum"
_ATTEMPTS = 3


def write_file(path: Path, content: bytes) -> None:
    """Write beside the place and move there in one step, so that nobody ever sees half a file.

    Raises:
        OSError: the disk is full or the folder cannot be written; what was there before stays.
    """
    for attempt in range(_ATTEMPTS):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=f"{path.stem[:12]}-", suffix=HALF_WRITTEN, dir=path.parent)
            break
        except FileNotFoundError:  # another process cleared the cache between the two lines
            if attempt == _ATTEMPTS - 1:
                raise
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


def pack(extraction: Extraction, **more: Any) -> bytes:
    """Return an extraction as a file's content.

    Args:
        extraction: every field of it is kept.
        **more: plain values beside it.
    """
    import numpy as np
    from safetensors.numpy import save

    named: dict[str, np.ndarray | None] = {f"features/{layer}": values for layer, values in extraction.features.items()}
    named |= {name: getattr(extraction, name) for name in _SINGLE}
    arrays = {name: np.ascontiguousarray(values) for name, values in named.items() if values is not None}
    plain = {field.name: getattr(extraction, field.name) for field in fields(extraction) if field.name not in _ARRAYS}
    said = {**plain, **more}
    # one entry: safetensors writes several in no order, and the same rows must make the same file
    said |= {_CHECKSUM: _checksum(arrays, said)}
    return save(arrays, metadata={_META: json.dumps(said, sort_keys=True)})


def unpack(content: bytes) -> tuple[Extraction, Json]:
    """Return the extraction that a file's content holds, and the plain values.

    Raises:
        Exception: of any type, where the content is damaged: a single bit is enough.
    """
    from safetensors.numpy import load

    arrays, meta = load(content), _metadata(_header(content))
    if meta.pop(_CHECKSUM, None) != _checksum(arrays, meta):
        raise ValueError("its content is not what was written")
    features = {
        name.removeprefix("features/"): values for name, values in arrays.items() if name.startswith("features/")
    }
    found = {"features": features, **{name: arrays.get(name) for name in _SINGLE}}
    return Extraction.from_json({**meta, **found}), meta


def read_metadata(path: Path) -> Json:
    """Return the plain values of a file without reading its arrays.

    Raises:
        Exception: of any type, where the file is damaged.
    """
    return _metadata(_file_header(path)[0])


def map_array(path: Path, name: str) -> np.ndarray:
    """Return one array of a file, read from the disk when it is sliced; it cannot be written to.

    Args:
        path: of the file.
        name: ``attributions``, ``logits``, or ``features/`` and a layer.

    Raises:
        OSError, ValueError, KeyError: the file or the array is not there.
    """
    import numpy as np

    header, length = _file_header(path)
    entry = header[name]
    kinds = {"F16": np.float16, "F32": np.float32, "F64": np.float64}
    offset = 8 + length + entry["data_offsets"][0]
    return np.memmap(path, dtype=kinds[entry["dtype"]], mode="r", offset=offset, shape=tuple(entry["shape"]))


def array_of(content: bytes, name: str) -> np.ndarray:
    """Return one array of a file's content, named as :func:`map_array` names it; it cannot be written to.

    Raises:
        KeyError: it is not there.
    """
    from safetensors.numpy import load

    found = load(content)[name]
    found.flags.writeable = False
    return found


def seal(data: Json) -> bytes:
    """Return plain values as a file's content, with a hash of them."""
    said = json.dumps(data, sort_keys=True)
    return json.dumps({**data, _CHECKSUM: hashlib.sha256(said.encode()).hexdigest()}).encode("ascii")


def unseal(content: bytes) -> Json:
    """Return what :func:`seal` made a file's content of.

    Raises:
        ValueError: it is not what was written.
    """
    data = json.loads(content)
    told = data.pop(_CHECKSUM, None) if isinstance(data, dict) else None
    if told is None or told != hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest():
        raise ValueError("its content is not what was written")
    return dict(data)


def discard(path: Path, error: Exception | str, lost: str) -> None:
    """Remove a damaged file with a warning.

    Args:
        path: of the file.
        error: what is wrong with it.
        lost: what will be computed again.
    """
    message = f"Removed the damaged cache file {path} ({error}); {lost} will be computed again"
    warnings.warn(message, RuntimeWarning, stacklevel=3)
    with suppress(OSError):
        path.unlink()


def _file_header(path: Path) -> tuple[Json, int]:
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 0 < length <= path.stat().st_size:
            raise ValueError("its header is longer than the file")
        return json.loads(file.read(length)), length


def _header(content: bytes) -> Json:
    header: Json = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    return header


def _checksum(arrays: Mapping[str, np.ndarray], said: Json) -> str:
    """Return a hash of all that a file holds."""
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode())
    for name, values in sorted(arrays.items()):
        digest.update(f"{name} {values.dtype.str} {values.shape}".encode())
        digest.update(values.data if values.flags.c_contiguous else values.tobytes())
    return digest.hexdigest()


def _metadata(header: Json) -> Json:
    meta: Json = json.loads(header["__metadata__"][_META])
    return meta

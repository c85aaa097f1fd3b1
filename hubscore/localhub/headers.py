"""How many parameters a model has, read from the headers of its safetensors files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hubscore.localhub.bounded_reading import Unreadable, read_json
from hubscore.localhub.scan import Entry

LARGEST_HEADER = 10_000_000
MOST_DIMENSIONS = 64
MOST_ELEMENTS = 2**63
INDEX = "model.safetensors.index.json"


def parameter_counts(
    files: Mapping[str, Entry],
    read: Callable[[Entry, int], bytes],
    read_object: Callable[[str], dict[str, Any] | None],
) -> dict[str, Any] | None:
    """Parameters by dtype: ``{"parameters": {dtype: count}, "total": count}``; None without any, or if one file is
    damaged.

    Args:
        files: the files of the revision.
        read: gives the first bytes of a file.
        read_object: gives the JSON object that a file holds.
    """
    counts: dict[str, int] = {}
    for name in _weights(files, read_object):
        header = safetensors_header(files[name], read)
        if header is None:
            return None
        for tensor, entry in header.items():
            if tensor != "__metadata__":
                counts[entry["dtype"]] = counts.get(entry["dtype"], 0) + elements(entry["shape"])
    return {"parameters": counts, "total": sum(counts.values())} if counts else None


def safetensors_header(entry: Entry, read: Callable[[Entry, int], bytes]) -> dict[str, Any] | None:
    """The header of a safetensors file, None when it is damaged."""
    size = int.from_bytes(read(entry, 8), "little")
    if not 2 <= size <= min(LARGEST_HEADER, entry.size - 8):
        return None
    try:
        header = read_json(read(entry, 8 + size)[8:])
        for name, value in header.items():
            if name != "__metadata__":
                elements(value["shape"])
                if not isinstance(value["dtype"], str):
                    return None
    except (Unreadable, TypeError, KeyError, AttributeError):
        return None
    return dict(header)


def elements(shape: Any) -> int:
    """How many numbers a tensor of this shape has.

    Raises:
        Unreadable: no tensor has such a shape.

    Example:
        >>> elements([3, 4]), elements([])
        (12, 1)
    """
    if not isinstance(shape, list) or len(shape) > MOST_DIMENSIONS:
        raise Unreadable("a shape is not a list of sizes")
    count = 1
    for size in shape:
        if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size < MOST_ELEMENTS:
            raise Unreadable("a size in a shape is no count")
        count *= size
    if count >= MOST_ELEMENTS:
        raise Unreadable("a shape has more elements than there are addresses")
    return count


def _weights(files: Mapping[str, Entry], read_object: Callable[[str], dict[str, Any] | None]) -> list[str]:
    names = [name for name in files if name.endswith(".safetensors") and "/" not in name]
    if "model.safetensors" in names:
        return ["model.safetensors"]
    shards = (read_object(INDEX) or {}).get("weight_map")
    if isinstance(shards, dict):
        return sorted({name for name in shards.values() if isinstance(name, str)} & set(files))
    return names

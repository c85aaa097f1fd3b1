"""What a weight file says that it holds, read without its weights; headers that lie are refused."""

from __future__ import annotations

import json
import math
import pickle
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hubscore.errors import CandidateError
from hubscore.models.checkpoint_files import one_line, refetch, refusal
from hubscore.models.pickle_limits import CountedFile, is_archive, is_old_format, why_not_plain
from hubscore.text import byte_size
from hubscore.types import Candidate

HEADER_LIMIT = 32 * 2**20
"""Bytes of the longest header that is read: some 300,000 tensors; safetensors itself stops at 100 MB."""
# torch raises one UnpicklingError for a damaged file and for one that would run code; only its words tell them apart.
_NO_PICKLE = "Unsupported operand|invalid load key|truncated|Ran out of input"


@dataclass(frozen=True)
class WeightsHeader:
    """What one file, or the shards of a checkpoint together, hold.

    Attributes:
        tensors: how many.
        numbers: in all tensors together, never more than the bytes of the file allow.
        largest: the length of the longest axis.
        file_bytes: on disk.
    """

    tensors: int
    numbers: int
    largest: int
    file_bytes: int

    def __add__(self, other: WeightsHeader) -> WeightsHeader:
        """Return what two shards hold together."""
        return WeightsHeader(
            self.tensors + other.tensors,
            self.numbers + other.numbers,
            max(self.largest, other.largest),
            self.file_bytes + other.file_bytes,
        )


def read_header(candidate: Candidate, path: Path) -> WeightsHeader:
    """Return what a weight file holds, after checking that it is whole and runs nothing.

    Raises:
        CandidateError: it is damaged, holds nothing, lies about its size, or would run code.
    """
    return _safetensors(candidate, path) if path.suffix == ".safetensors" else _pickle(candidate, path)


def _safetensors(candidate: Candidate, path: Path) -> WeightsHeader:
    """Read the header, which must account for every byte of the file."""
    from safetensors import SafetensorError, safe_open

    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if HEADER_LIMIT < length < path.stat().st_size:
                why = f"its {path.name} takes {byte_size(length)} to list its tensors"
                raise refusal(candidate, why, refetch(candidate))
            with safe_open(path, framework="numpy"):  # refuses offsets, shapes and lengths that do not agree
                header = json.loads(file.read(length))
    except (SafetensorError, OSError, ValueError, RecursionError) as error:
        why = f"its {path.name} is corrupt or cut short ({one_line(error)})"
        raise refusal(candidate, why, refetch(candidate)) from error
    header.pop("__metadata__", None)
    if not header:
        raise refusal(candidate, f"its {path.name} holds no weights", refetch(candidate))
    return _counted((entry["shape"] for entry in header.values()), path)


def _pickle(candidate: Candidate, path: Path) -> WeightsHeader:
    """Unpickle with nothing but tensors allowed; tensors are not read."""
    import torch

    archive = is_archive(path)
    why = why_not_plain(path) if archive else ""
    if why:
        raise refusal(candidate, f"its {path.name} {why}", "choose a checkpoint with safetensors")
    if not archive and not is_old_format(path):
        why = f"its {path.name} is corrupt or cut short (it is no file that torch writes)"
        raise refusal(candidate, why, refetch(candidate))
    try:
        with warnings.catch_warnings(action="ignore"), path.open("rb") as file:
            source: Any = path if archive else CountedFile(file)
            content = torch.load(source, map_location="meta", weights_only=True)
    except Exception as error:  # a damaged archive makes the reader raise nearly anything
        raise _not_unpickled(candidate, path, error) from error
    return _counted((tuple(value.shape) for value in _tensors(content)), path)


def _not_unpickled(candidate: Candidate, path: Path, error: Exception) -> CandidateError:
    if isinstance(error, pickle.UnpicklingError) and not re.search(_NO_PICKLE, str(error)):
        why = (
            f"its {path.name} is a pickle that would run code{_code_in(path)}; hubscore unpickles tensors and"
            " nothing else"
        )
        return refusal(candidate, why, "choose a checkpoint with safetensors")
    why = f"its {path.name} is corrupt or cut short ({one_line(error)})"
    return refusal(candidate, why, refetch(candidate))


def _code_in(path: Path) -> str:
    """Name what a pickle would call, where its format tells without unpickling."""
    import torch

    try:
        found = torch.serialization.get_unsafe_globals_in_checkpoint(str(path))
    except Exception:  # an old format: the refusal stands without the names
        return ""
    return f" ({', '.join(sorted(found)[:3])})" if found else ""


def _tensors(content: Any) -> Iterator[Any]:
    """Yield the tensors of what was unpickled: of the whole, or of the table of weights inside it."""
    import torch

    pending, depth = [content], 0
    while pending and depth < 3:
        inner: list[Any] = []
        for part in pending:
            if isinstance(part, torch.Tensor):
                yield part
            elif isinstance(part, dict):
                inner += part.values()
        pending, depth = inner, depth + 1


def _counted(shapes: Iterator[Any], path: Path) -> WeightsHeader:
    size = path.stat().st_size
    found = list(shapes)
    numbers = sum(math.prod(shape) for shape in found)  # views that repeat a number claim more than is there
    largest = max((axis for shape in found for axis in shape), default=0)
    return WeightsHeader(len(found), min(numbers, 2 * size), min(largest, 2 * size), size)

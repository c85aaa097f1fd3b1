"""Numbers of a configuration that its weights cannot fill, told before a library makes lists of that length."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from hubscore.models.checkpoint_files import refusal
from hubscore.models.weights_header import WeightsHeader
from hubscore.types import Candidate, Json

_LAYERS = re.compile(r"(^|_)(layers?|depths?|blocks?|stages?|repeats?)$")
_CLASSES = re.compile(r"^num_(labels|classes)$")
_SIZES = re.compile(
    r"size|dim|width|channel|chans|heads|experts|quer|patch|group|hidden|feature|positions|queries|planes|radix|pixels"
)
_NO_SIZE = re.compile(r"_id$|_ids$|_index$|_indices$|seed|steps|theta|samples")
_FEW_LAYERS, _FEW_CLASSES, _SMALL = 1_000, 100_000, 10_000_000
_DEPTH = 50


def check_numbers(candidate: Candidate, config: Json, header: WeightsHeader) -> None:
    """Refuse a configuration that counts more layers than the file has tensors, more classes than its longest axis, or
    names a size larger than all its weights.

    Small numbers pass, whatever the file: they cost nothing, and the comparison of shapes that follows is exact.

    Raises:
        CandidateError: there is such a number.
    """
    for path, value in _numbers(config, "", 0):
        name = path.rpartition(".")[2]
        if _NO_SIZE.search(name):
            continue
        if _LAYERS.search(name):
            most, held = max(_FEW_LAYERS, header.tensors), f"{header.tensors} tensors"
        elif _CLASSES.search(name):
            most, held = max(_FEW_CLASSES, header.largest), f"no axis longer than {header.largest}"
        elif _SIZES.search(name):
            most, held = max(_SMALL, header.numbers), f"{header.numbers} numbers"
        else:
            continue
        if value > most:
            why = f"its config.json says {path} = {value:,.15g}, and its weights hold {held}"
            raise refusal(candidate, why)


def _numbers(value: Any, path: str, depth: int) -> Iterator[tuple[str, float]]:
    """Yield numbers with their names; those in lists have the name of the list."""
    if isinstance(value, Mapping) and depth < _DEPTH:
        for key, inner in value.items():
            yield from _numbers(inner, f"{path}.{key}" if path else str(key), depth + 1)
    elif isinstance(value, list) and depth < _DEPTH:
        for inner in value:
            yield from _numbers(inner, path, depth + 1)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path, value

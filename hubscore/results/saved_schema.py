"""Whether the JSON of a saved ranking has the shape that everything else relies on; the first key that has not is
named.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from hubscore.column_table import COLUMNS, Kind
from hubscore.types import Json

_ROUNDING = 1e-9
Check = Callable[[Any, str], None]
"""Takes a value and the key it stands under; raises :class:`SchemaError`."""


class SchemaError(ValueError):
    """A key is missing, or its value is of another kind."""


def check_ranking(data: Json) -> None:
    """Check a saved ranking.

    Raises:
        SchemaError: with the key and what is wrong with it.
    """
    _finite(data, "")
    for key, check in _RANKING.items():
        if key not in data:
            raise SchemaError(f"{key} is missing")
        check(data[key], key)


def _finite(value: Any, key: str) -> None:
    """Refuse NaN and infinity, which no ranking of ours holds and no reader of JSON expects."""
    if isinstance(value, float) and not math.isfinite(value):
        raise SchemaError(f"{key} is {value}, not a number")
    if isinstance(value, Mapping):
        for name, item in value.items():
            _finite(item, f"{key}.{name}" if key else str(name))
    if isinstance(value, list):
        for place, item in enumerate(value):
            _finite(item, f"{key}[{place}]")


def _kind(told: str, *kinds: type) -> Check:
    def check(value: Any, key: str) -> None:
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise SchemaError(f"{key} is {_describe(value)}, and must be {told}")

    return check


def _maybe(check: Check) -> Check:
    return lambda value, key: None if value is None else check(value, key)


def _list(item: Check) -> Check:
    def check(value: Any, key: str) -> None:
        _LIST(value, key)
        for place, one in enumerate(value):
            item(one, f"{key}[{place}]")

    return check


def _table(item: Check) -> Check:
    def check(value: Any, key: str) -> None:
        _OBJECT(value, key)
        for name, one in value.items():
            item(one, f"{key}.{name}")

    return check


def _object(required: Mapping[str, Check], optional: Mapping[str, Check]) -> Check:
    def check(value: Any, key: str) -> None:
        _OBJECT(value, key)
        for name, one in required.items():
            if name not in value:
                raise SchemaError(f"{key}.{name} is missing")
            one(value[name], f"{key}.{name}")
        for name, one in optional.items():
            if name in value:
                one(value[name], f"{key}.{name}")

    return check


def _name(value: Any, key: str) -> None:
    _TEXT(value, key)
    if not value.strip():
        raise SchemaError(f"{key} is empty")


def _place(value: Any, key: str) -> None:
    _WHOLE(value, key)
    if value < 1:
        raise SchemaError(f"{key} is {value}, and places begin at 1")


def _share(value: Any, key: str) -> None:
    _NUMBER(value, key)
    if not -_ROUNDING <= value <= 1 + _ROUNDING:
        raise SchemaError(f"{key} is {value}, and must lie between 0 and 1")


def _pair(value: Any, key: str) -> None:
    _list(_NUMBER)(value, key)
    if len(value) != 2:
        raise SchemaError(f"{key} must hold two numbers, not {len(value)}")


def _date(value: Any, key: str) -> None:
    _TEXT(value, key)
    try:
        datetime.fromisoformat(value)
    except ValueError:
        raise SchemaError(f"{key} is {_describe(value)}, and must be a date like 2026-11-20T12:00:00+00:00") from None


def _describe(value: Any) -> str:
    if isinstance(value, (Mapping, list)):
        return "an object" if isinstance(value, Mapping) else "a list"
    text = "null" if value is None else repr(value)
    return text if len(text) <= 40 else f"{text[:39]}\u2026"


_TEXT = _kind("text", str)
_WHOLE = _kind("a whole number", int)
_NUMBER = _kind("a number", int, float)
_LIST = _kind("a list", list)
_OBJECT = _kind("an object", dict)
_FLAG = _kind("true or false", bool)

_KINDS: Mapping[Kind, Check] = {
    "text": _TEXT,
    "flag": _FLAG,
    "whole": _WHOLE,
    "real": _NUMBER,
    "interval": _pair,
    "whole interval": _pair,
    "reasons": _table(_TEXT),
}
_ROW = _object(
    {"rank": _place, "model": _name, "revision": _TEXT, "library": _TEXT},
    {
        **{column.name: _maybe(_KINDS[column.kind]) for column in COLUMNS if column.source == "row"},
        "scores": _table(_NUMBER),
        "undefined": _table(_TEXT),
        "consensus": _maybe(_share),
        "score_sd": _table(_NUMBER),
        "score_ci": _table(_pair),
        "baselines": _table(_maybe(_NUMBER)),
        "expected": _maybe(_share),
        "expected_ci": _maybe(_pair),
        "p_best": _maybe(_share),
        "shortlist": _FLAG,
        "notes": _list(_TEXT),
        "measured": _maybe(_object({"accuracy": _share, "images": _place}, {})),
        "head": _maybe(_object({"accuracy": _share, "images": _place}, {})),
        "combined": _maybe(_share),
        "history": _maybe(_NUMBER),
        "reported": _maybe(_share),
        "probe_scores": _table(_list(_maybe(_NUMBER))),
    },
)
_PROBE = {
    **dict.fromkeys(("dataset", "config", "split", "revision", "fingerprint", "target"), _maybe(_TEXT)),
    "samples": _maybe(_WHOLE),
    "indices": _LIST,
    "classes": _list(_kind("text or a number", str, int, float)),
}
_RECORD = {
    "date": _maybe(_date),
    "command": _maybe(_TEXT),
    "endpoint": _maybe(_TEXT),
    "versions": _table(_maybe(_TEXT)),
    "options": _OBJECT,
    "warnings": _list(_TEXT),
    "extractions": _OBJECT,
    "left_out": _table(_list(_TEXT)),
    "reference": _maybe(_OBJECT),
    "ordered_by": _maybe(_TEXT),
    "order_text": _TEXT,
    "expected": _maybe(_OBJECT),
    "finetuning": _maybe(_OBJECT),
    "recommended": _TEXT,
}
_RANKING: Mapping[str, Check] = {
    "rows": _list(_ROW),
    "skipped": _list(_object({"model": _TEXT, "reason": _TEXT}, {})),
    "probe": _object({}, _PROBE),
    "agreement": _table(_OBJECT),
    "scores": _table(_OBJECT),
    "record": _object({}, _RECORD),
}

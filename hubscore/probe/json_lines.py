"""JSON lines, and files that only have their ending: lists of objects, other encodings, numbers that are NaN."""

from __future__ import annotations

import io
import re
from typing import Any

import pyarrow as pa
from pyarrow import json as arrow_json

from hubscore.modalities.text.encoding import decode_text
from hubscore.probe.json_shapes import rows_of
from hubscore.text import parse_json

_BLOCK = 1 << 24
_BRACKETS = 64
"""A line of fewer cannot be nested deep."""
_HALF = re.compile("[\ud800-\udfff]")
_LARGEST_BLOCK = (1 << 31) - 1


def read_json_lines(data: bytes) -> tuple[pa.Table, list[str]]:
    """Read one object a line, or one list of objects.

    Args:
        data: the bytes of the file.

    Returns:
        The table, and what was guessed about the file.

    Raises:
        ValueError: it cannot be read; the number of the line is told.
    """
    text, encoding = decode_text(data)
    notes = [encoding] if encoding else []
    if not text.strip():
        raise ValueError("it is empty")
    if text.lstrip()[0] == "{" and text.rstrip()[-1] == "}" and (shaped := _one_document(text)) is not None:
        rows, said = shaped
        table, mixed = _table(rows)
        return table, [*notes, said, *mixed]
    if text.lstrip()[0] != "[":
        plain = text.encode() if encoding or data[:1] == b"\xef" else data
        _check_depth(plain)
        longest = max(map(len, io.BytesIO(plain)), default=0)  # one line must fit into a block
        options = arrow_json.ReadOptions(block_size=min(max(_BLOCK, 2 * longest), _LARGEST_BLOCK))
        try:
            return arrow_json.read_json(io.BytesIO(plain), read_options=options), notes
        except pa.ArrowException:
            rows = [_object(line, number) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
            table, mixed = _table(rows)
            return table, notes + mixed
    try:
        rows = parse_json(text)
    except ValueError as error:
        raise ValueError(f"it is a JSON list that is broken off or damaged: {error}") from None
    if not rows or not all(isinstance(row, dict) for row in rows):
        found = rows_of(rows)
        if found is None:
            raise ValueError("it is a JSON list, but not one of objects")
        rows, said = found
        notes.append(said)
    table, mixed = _table(rows)
    return table, notes + mixed


def _one_document(text: str) -> tuple[list[dict[str, Any]], str] | None:
    """Return the rows of a file that is one object and not a line for each row."""
    first = text.lstrip().partition("\n")[0].rstrip()
    if first.endswith("}") and len(first) < len(text.strip()):
        return None  # JSON lines
    try:
        return rows_of(parse_json(text))
    except ValueError:
        return None


def _check_depth(data: bytes) -> None:
    """Refuse lines that are nested so deep that Arrow's reader would end the process."""
    for number, line in enumerate(io.BytesIO(data), 1):
        if line.count(b"[") + line.count(b"{") > _BRACKETS:
            _object(line.decode("utf-8", "replace"), number)


def _object(line: str, number: int) -> dict[str, Any]:
    try:
        row = parse_json(line)
    except ValueError as error:
        raise ValueError(f"line {number} is not JSON: {error}") from None
    if not isinstance(row, dict):
        raise ValueError(f"line {number} is not an object with a value per column")
    return row


def _table(rows: list[dict[str, Any]]) -> tuple[pa.Table, list[str]]:
    """Make a table of objects; columns of mixed plain values become strings, which is said."""
    columns, mixed, halved = {}, [], _with_halves(rows)
    for name in dict.fromkeys(name for row in rows for name in row):
        values = [row.get(name) for row in rows]
        if name in halved:
            values = [_whole_characters(value) for value in values]
        try:
            columns[name] = pa.array(values)
        except pa.ArrowException as error:
            if any(isinstance(value, (dict, list)) for value in values):
                raise ValueError(f"column {name!r} holds values of several kinds: {error}") from None
            columns[name] = pa.array([None if value is None or value != value else str(value) for value in values])
            mixed.append(name)
    notes = [f"values of several kinds in {', '.join(mixed)} were read as strings"] if mixed else []
    if halved:
        notes.append(f"halves of characters in {', '.join(halved)} were replaced by \ufffd")
    return pa.table(columns), notes


def _with_halves(rows: list[dict[str, Any]]) -> list[str]:
    """Return the columns with half of a pair of surrogates in them, which JSON can write and no text can hold."""
    return list(dict.fromkeys(name for row in rows for name, value in row.items() if _has_half(value)))


def _has_half(value: Any) -> bool:
    if isinstance(value, str):
        return not value.isascii() and _HALF.search(value) is not None
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(map(_has_half, inside))


def _whole_characters(value: Any) -> Any:
    """Return a value with a mark in place of each half of a character in its strings."""
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole_characters(one) for one in value]
    return {key: _whole_characters(one) for key, one in value.items()} if isinstance(value, dict) else value

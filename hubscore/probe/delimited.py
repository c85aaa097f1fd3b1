"""CSV files as people have them: other separators and encodings, no header, row names, decimal commas."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from hubscore.modalities.base import Modality
from hubscore.modalities.files import is_file_of
from hubscore.modalities.text.encoding import decode_text

SEEN = 200
"""Lines that are looked at to tell separator and header."""

NO_HEADER = {b"hubscore": b"no header"}
"""What the schema says of a table whose columns were named here."""

_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", "^": "carets", " ": "spaces"}
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")
_DECIMAL_COMMA = r"[+-]?\d+,\d+"
_PADDED = r"[+-]?0\d+"
_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://.")
_DECLARED = re.compile(r"\"?sep=(.)\"?\r?\n?")


@dataclass
class Delimited:
    """A table, and what was guessed about its file."""

    table: pa.Table
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Shape:
    """How the lines of a file are to be read."""

    separator: str
    columns: list[str]
    header: bool


def read_delimited(
    data: bytes, *, ending: str, separator: str | None = None, modalities: Sequence[Modality]
) -> Delimited:
    """Read a CSV file.

    Args:
        data: its bytes.
        ending: of its name, which says the usual separator.
        separator: where a card says it.
        modalities: whose files it may list, which tells a header from a first row.

    Returns:
        The table, with what was guessed.

    Raises:
        ValueError: it cannot be read, with the reason.
    """
    text, encoding = decode_text(data)
    notes = [encoding] if encoding else []
    declared = _DECLARED.match(text)
    if declared is not None:
        text, separator = text[declared.end() :], separator or declared[1]
    usual = "\t" if ending in (".tsv", ".tab") else " " if ending == ".txt" else ","
    shape = _shape(text, usual, separator, modalities)
    if separator is None and shape.separator != usual:
        notes.append(f"its fields are separated by {_NAMES[shape.separator]}")
    if not shape.header:
        notes.append(f"it has no header: its columns are called {', '.join(shape.columns)}")
    frame = _frame(text, shape)
    notes += _decimals(frame, shape.separator)
    table = pa.Table.from_pandas(frame, preserve_index=False)
    return Delimited(table if shape.header else table.replace_schema_metadata(NO_HEADER), notes)


def _shape(text: str, usual: str, separator: str | None, modalities: Sequence[Modality]) -> _Shape:
    """Tell separator, header and names of the columns from the first lines."""
    separator = separator or _separator(text, usual)
    rows = _rows(text, separator)
    if not rows:
        raise ValueError("it is empty")
    first, rest = rows[0], rows[1:]
    width = Counter(map(len, rest)).most_common(1)[0][0] if rest else len(first)
    if _has_header(first, rest, modalities):
        names = [name.strip() for name in first]
        if width == len(first) + 1 and all(len(row) == width for row in rest):
            trailing = all(not row[-1].strip() for row in rest)  # a separator at the end of each line
            names = [*names, "Unnamed"] if trailing else ["row", *names]
        return _Shape(separator, _unique(names), True)
    return _Shape(separator, _names(rows, len(first), modalities), False)


def _separator(text: str, usual: str) -> str:
    """Return the separator that gives every line the same number of fields, two at least; the usual one in doubt."""
    widths: dict[str, int] = {}
    for one in dict.fromkeys((usual, *",;\t|^", *(" " if usual == " " else ""))):
        rows = _rows(text, one)
        counts = Counter(map(len, rows))
        most, times = counts.most_common(1)[0] if counts else (1, 0)
        if most > 1 and len(rows[0]) in (most, most - 1) and times >= 0.9 * (len(rows) - 1):
            widths[one] = most
    if not widths or (usual in widths and usual != " "):
        return usual
    return max(widths, key=lambda one: (one != " ", widths[one]))


def _rows(text: str, separator: str) -> list[list[str]]:
    """Return the first lines' fields; the last line may be cut off and does not count when there are many."""
    start = "".join(text.splitlines(keepends=True)[:SEEN]) if len(text) < 10_000_000 else text[:2_000_000]
    reader = csv.reader(io.StringIO(start, newline=""), delimiter=separator, skipinitialspace=True)
    rows = []
    try:
        for row in reader:
            if any(value.strip() for value in row):
                rows.append(row)
            if len(rows) >= SEEN:
                break
    except csv.Error:
        pass
    return rows[:-1] if len(rows) > 20 else rows


def _has_header(first: Sequence[str], rest: Sequence[Sequence[str]], modalities: Sequence[Modality]) -> bool:
    """Whether the first row names the columns: where a column has one kind of values, a name is of another kind."""
    if len(set(first)) < len(first):
        return len([value for value in first if not value.strip()]) > 1
    alike = False
    for position, name in enumerate(first):
        values = [row[position] for row in rest if position < len(row) and row[position].strip()]
        kinds = {_kind(value, modalities) for value in values}
        kind = kinds.pop() if len(kinds) == 1 else "text"
        if kind == "text":
            continue
        if name.strip() and _kind(name, modalities) != kind:
            return True
        alike = alike or bool(name.strip())
    alike = alike or any(_is_class(first, rest, position) for position in range(len(first)))
    return not (alike or (not rest and any(_kind(name, modalities) in ("file", "url") for name in first)))


def _is_class(first: Sequence[str], rest: Sequence[Sequence[str]], position: int) -> bool:
    """Whether the first value of a column is one of a few that the column repeats, as classes are."""
    values = [row[position] for row in rest if position < len(row)]
    return first[position].strip() != "" and values.count(first[position]) > 1 and 2 * len(set(values)) <= len(values)


def _kind(value: str, modalities: Sequence[Modality]) -> str:
    value = value.strip()
    if _URL.match(value):
        return "url"
    if any(is_file_of(value, one) for one in modalities):
        return "file"
    return "number" if _NUMBER.fullmatch(value) else "text"


def _names(rows: Sequence[Sequence[str]], width: int, modalities: Sequence[Modality]) -> list[str]:
    """Name the columns of a file without header: what lies beside a single column of files is the label."""
    listing = [
        position
        for position in range(width)
        if all(_kind(row[position], modalities) in ("file", "url") for row in rows if position < len(row))
    ]
    names = [f"column_{position + 1}" for position in range(width)]
    if len(listing) == 1:
        names[listing[0]] = "file"
        if width == 2:
            names[1 - listing[0]] = "label"
    elif width == 2:
        first, *rest = rows
        classes = [position for position in range(width) if rest and _is_class(first, rest, position)]
        if len(classes) == 1 and _kind(first[1 - classes[0]], modalities) == "text":
            names[classes[0]], names[1 - classes[0]] = "label", "text"
    return names


def _unique(names: Sequence[str]) -> list[str]:
    """Return names that differ, as pandas makes them."""
    known: Counter[str] = Counter()
    found = []
    for position, name in enumerate(names):
        name = name or f"Unnamed: {position}"
        found.append(f"{name}.{known[name]}" if known[name] else name)
        known[name] += 1
    return found


def _frame(text: str, shape: _Shape) -> Any:
    import pandas as pd

    def read(**options: Any) -> Any:
        try:
            return pd.read_csv(
                io.StringIO(text),
                sep=shape.separator,
                header=0 if shape.header else None,
                names=shape.columns,
                index_col=False,
                skipinitialspace=True,
                keep_default_na=False,  # only an empty field is missing: "None" and "NA" are classes in many tables
                na_values=[""],
                dtype_backend="pyarrow",
                **options,
            )
        except pd.errors.ParserError as error:
            quoted = f"; fields that hold {shape.separator!r} need quotes" if "fields" in str(error) else ""
            raise ValueError(f"{error}{quoted}".replace("Error tokenizing data. C error: ", "")) from error

    frame = read()
    whole = [name for name in frame.columns if str(frame[name].dtype).startswith(("int", "uint"))]
    if whole and re.search(r"(^|\W)0\d", text, re.MULTILINE):  # 007 is a name, not the number 7
        plain = read(usecols=whole, dtype="string[pyarrow]")
        for name in whole:
            if plain[name].str.fullmatch(_PADDED).any():
                frame[name] = plain[name]
    return frame


def _decimals(frame: Any, separator: str) -> list[str]:
    """Read ``1,5`` as numbers where commas do not separate fields."""
    import pandas as pd

    found = []
    for name in frame.columns if separator != "," else ():
        values = frame[name].dropna()
        if not len(values) or not pd.api.types.is_string_dtype(values.dtype):
            continue
        fractions = values.str.fullmatch(_DECIMAL_COMMA)
        if fractions.any() and (fractions | values.str.fullmatch(r"[+-]?\d+")).all():
            frame[name] = frame[name].str.replace(",", ".", regex=False).astype("double[pyarrow]")
            found.append(str(name))
    return [f"commas in {', '.join(found)} were read as decimal points"] if found else []

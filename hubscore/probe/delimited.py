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
from hubscore.probe.delimited_rows import Quoting, first_rows, quoting_of, separator_of, table_width
from hubscore.probe.line_formats import read_line_format
from hubscore.probe.listed import shortened
from hubscore.probe.lists_in_text import read_lists

MOST_TITLES = 5
"""Lines above the header that are taken for titles or comments."""

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
    quoting: Quoting = csv.QUOTE_MINIMAL


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
    if ending in (".txt", ".conll") and separator is None and (lines := read_line_format(text)) is not None:
        return Delimited(lines[0], [*notes, lines[1]])
    if ending == ".conll":
        raise ValueError("it is no table of words: its lines do not end in tags like B-PER and O")
    text, titles = _without_titles(text, usual, separator, modalities)
    notes += [f"left out, above the table: {titles}"] if titles else []
    shape = _shape(text, usual, separator, modalities)
    if shape.quoting == csv.QUOTE_NONE:
        notes.append(f"quotes were read as letters, since every line has {len(shape.columns)} fields so")
    if separator is None and shape.separator != usual:
        notes.append(f"its fields are separated by {_NAMES[shape.separator]}")
    if not shape.header:
        notes.append(f"it has no header: its columns are called {', '.join(shape.columns)}")
    numbered = [name for name in shape.columns if name.rpartition(".")[0] in shape.columns and shape.header]
    if numbered := [name for name in numbered if name.rpartition(".")[2].isdigit()]:
        notes.append(f"columns of the same name were numbered: {', '.join(numbered[:3])}")
    frame = _frame(text, shape)
    notes += _decimals(frame, shape.separator)
    table, lists = read_lists(pa.Table.from_pandas(frame, preserve_index=False))
    notes += lists
    return Delimited(table if shape.header else table.replace_schema_metadata(NO_HEADER), notes)


def _shape(text: str, usual: str, separator: str | None, modalities: Sequence[Modality]) -> _Shape:
    """Tell separator, header and names of the columns from the first lines."""
    separator = separator or separator_of(text, usual)
    rows = first_rows(text, separator)
    if not rows:
        raise ValueError("it is empty")
    first, rest = rows[0], rows[1:]
    width = Counter(map(len, rest)).most_common(1)[0][0] if rest else len(first)
    if _has_header(first, rest, modalities):
        names = [name.strip() for name in first]
        if width == len(first) + 1 and all(len(row) == width for row in rest):
            trailing = all(not row[-1].strip() for row in rest)  # a separator at the end of each line
            known = [row[0] for row in rest]
            if not trailing and len(set(known)) < len(known) and not all(map(_NUMBER.fullmatch, known)):
                fields = f"its lines have {width} fields, and its header {len(first)}"
                raise ValueError(f"{fields}; fields that hold {separator!r} need quotes")
            names = [*names, "Unnamed"] if trailing else ["row", *names]
        return _Shape(separator, _unique(names), True, quoting_of(text, separator))
    return _Shape(separator, _names(rows, len(first), modalities), False, quoting_of(text, separator))


def _without_titles(text: str, usual: str, separator: str | None, modalities: Sequence[Modality]) -> tuple[str, str]:
    """Take lines above the header away, such as a title or a comment: of one field, where those below have several."""
    read = {one: first_rows(text, one) for one in ([separator] if separator else dict.fromkeys((usual, *",;\t|")))}
    if any(table_width(rows) > 1 and _filled(rows[0]) > 1 for rows in read.values()):
        return text, ""  # the first line is of the table already, whatever stands between words further down
    for one, rows in read.items():
        width = Counter(map(len, rows)).most_common(1)[0][0] if rows else 1
        above = next((place for place, row in enumerate(rows) if _filled(row) > 1), 0)
        if not 0 < above <= MOST_TITLES or width < 2 or len(rows) < above + 3:
            continue
        header, *below = rows[above:]
        named = _filled(header) == len(header) and _has_header(header, below, modalities)
        if named and table_width([header, *below]) == width:
            lines = text.splitlines(keepends=True)
            places = [place for place, line in enumerate(lines) if line.strip(f" \r\n{one}")]
            titles = [lines[place].strip(f" \r\n{one}") for place in places[:above]]
            return "".join(lines[places[above] :]), ", ".join(repr(shortened(title, 40)) for title in titles)
    return text, ""


def _filled(row: Sequence[str]) -> int:
    """Return how many fields of a row are not empty."""
    return sum(map(bool, map(str.strip, row)))


def _has_header(first: Sequence[str], rest: Sequence[Sequence[str]], modalities: Sequence[Modality]) -> bool:
    """Whether the first row names the columns: where a column has one kind of values, a name is of another kind."""
    repeated = len(set(first)) < len(first)
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
    if repeated:
        return len([value for value in first if not value.strip()]) > 1
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
                quoting=shape.quoting,
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

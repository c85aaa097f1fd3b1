"""Saved lists of candidates, read and written: text, JSON (also a saved ranking or plan) and CSV."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hubscore.candidates.listed_sizes import check_columns, parse_size
from hubscore.errors import UsageError
from hubscore.hub.addresses import read_address
from hubscore.hub.client import hub_id
from hubscore.text import parse_json
from hubscore.types import Candidate

ENDINGS = (".txt", ".json", ".csv")
_SHA = re.compile(r"[0-9a-f]{40}")


class Listed(NamedTuple):
    """An entry of a candidate list."""

    name: str
    """As on the command line: an id, ``id@revision`` or a folder."""
    input_size: int | None = None
    """Pixels per side to run it at; none where it runs like the others."""


def read_list(path: Path) -> tuple[Listed, ...]:
    """Return the entries of a candidate list.

    Args:
        path: ``.json`` (a list, or a saved ranking: its rows at their revisions), ``.csv`` (column ``model``, and
            ``revision`` and ``input_size`` where there are such), anything else one name per line with ``#`` comments.

    Raises:
        UsageError: the file cannot be read as what its ending says, names nothing, or gives an input size that is none.
    """
    readers = {".json": _from_json, ".csv": _from_csv}
    try:
        names = readers.get(path.suffix.lower(), _from_text)(path)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"Cannot read the candidate list {str(path)!r}", str(error), "one model per line, in UTF-8"
        ) from error
    if not names:
        raise UsageError(
            f"The candidate list {str(path)!r} is empty",
            "it names no model",
            "one model per line, for example owner/name",
        )
    return tuple(names)


def read_piped(text: str) -> tuple[Listed, ...]:
    """Return the entries of a candidate list that another program wrote: one name per line with ``#`` comments, or
    JSON: a list of names, or of rows with a ``model``, as ``hubscore recommend --json`` writes them.

    Args:
        text: what came in.

    Raises:
        UsageError: it names nothing, or is broken JSON.

    Example:
        >>> [one.name for one in read_piped('[{"model": "a/b"}, "c/d"]')], read_piped("a/b")[0].name
        (['a/b', 'c/d'], 'a/b')
    """
    source = Path("-")
    lines = (line.partition("#")[0].strip() for line in text.removeprefix("\ufeff").splitlines())
    is_json = text.lstrip("\ufeff \t\r\n").startswith(("[", "{"))
    found = _from_json_text(text, source) if is_json else [Listed(line) for line in lines if line]
    if not found:
        fix = "hubscore recommend DATASET --history DIR --format quiet lists some"
        raise UsageError("No model came in for --models -", "standard input is empty", fix)
    return tuple(found)


def check_list_path(path: Path) -> Path:
    """Return the path if a list can be written there; call it before the work starts.

    Raises:
        UsageError: another ending, or a folder that does not exist.
    """
    if path.suffix.lower() not in ENDINGS:
        raise UsageError(
            f"Cannot save a candidate list as {str(path)!r}",
            f"the ending must be {', '.join(ENDINGS)}",
            "e.g. models.txt",
        )
    if not path.absolute().parent.is_dir():
        raise UsageError(f"Cannot save {str(path)!r}", "its folder does not exist", f"mkdir -p {path.parent}")
    return path


def write_list(candidates: Sequence[Candidate], path: Path) -> bytes:
    """Return the content of a candidate list that :func:`read_list` reads back at the same revisions.

    Args:
        candidates: what to list.
        path: its ending says the kind: ``.json``, ``.csv``, or text, which has no place for input sizes.

    Raises:
        UsageError: a candidate has an input size of its own, and the list would be text.
    """
    rows: list[dict[str, Any]] = [
        {"model": hub_id(one) if one.path is None else one.repo_id, "revision": one.revision} for one in candidates
    ]
    if sized := [one.repo_id for one in candidates if one.input_size is not None]:
        if path.suffix.lower() not in (".json", ".csv"):
            why = f"{sized[0]!r} has an input size of its own, and a line of text has no place for it"
            raise UsageError(f"Cannot save these candidates as {str(path)!r}", why, f"e.g. {path.stem}.csv")
        rows = [row | {"input_size": one.input_size} for row, one in zip(rows, candidates, strict=True)]
    if path.suffix.lower() == ".json":
        text = json.dumps(rows, indent=1, ensure_ascii=False) + "\n"
    elif path.suffix.lower() == ".csv":
        buffer = io.StringIO()
        table = csv.DictWriter(buffer, tuple(rows[0] if rows else ("model", "revision")), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
        text = buffer.getvalue()
    else:
        text = "".join(f"{_at(row['model'], row['revision'])}\n" for row in rows)
    return text.encode()


def _from_text(path: Path) -> list[Listed]:
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return [Listed(name) for line in lines if (name := line.partition("#")[0].strip())]


def _from_csv(path: Path) -> list[Listed]:
    text = path.read_text(encoding="utf-8-sig")
    header, _, below = text.partition("\n")
    # Spreadsheets of half of Europe write semicolons.
    table = csv.DictReader(io.StringIO(text), delimiter=max(",;\t", key=header.count))
    columns = table.fieldnames or []
    if "model" not in columns:
        there = ", ".join(columns) or "nothing"
        raise UsageError(
            f"The candidate list {str(path)!r} has no column 'model'", f"there is {there}", "name the column 'model'"
        )
    if not below.strip():
        raise UsageError(
            f"The candidate list {str(path)!r} is empty",
            "there is a header and no model below it",
            "one model per line",
        )
    check_columns(columns, path)
    return [
        Listed(
            _at(row["model"], row.get("revision")),
            parse_size(row.get("input_size"), path, f"line {table.line_num}"),
        )
        for row in table
        if row["model"]
    ]


def _from_json(path: Path) -> list[Listed]:
    return _from_json_text(path.read_text(encoding="utf-8-sig"), path)


def _from_json_text(text: str, path: Path) -> list[Listed]:
    try:
        data: Any = parse_json(text)
    except ValueError as error:
        raise UsageError(
            f"The candidate list {str(path)!r} is not valid JSON", str(error), 'write ["owner/name", ...]'
        ) from error
    rows = data.get("rows") if isinstance(data, dict) else data
    record = data.get("record") if isinstance(data, dict) else None
    sizes = record.get("input_sizes") if isinstance(record, dict) else None
    if not isinstance(rows, list):
        raise UsageError(
            f"The candidate list {str(path)!r} holds no list",
            "a list or a saved ranking is needed",
            '["owner/name", ...]',
        )
    return [
        _from_row(row, path, number, sizes if isinstance(sizes, dict) else {}) for number, row in enumerate(rows, 1)
    ]


def _from_row(row: Any, path: Path, number: int, sizes: Mapping[str, Any]) -> Listed:
    if isinstance(row, str):
        return Listed(row)
    if isinstance(row, dict) and isinstance(row.get("model"), str):
        size = row.get("input_size", sizes.get(row["model"]))
        return Listed(_at(row["model"], row.get("revision")), parse_size(size, path, f"entry {number}"))
    raise UsageError(
        f"The candidate list {str(path)!r} has an entry without a model",
        json.dumps(row)[:80],
        '{"model": "owner/name"}',
    )


def _at(model: str, revision: Any) -> str:
    """Pin ``model`` where the list says at which commit; a local folder is always read as it is now."""
    if isinstance(revision, str) and _SHA.fullmatch(revision):
        page = read_address(model)
        name = model if page is None or page.path else page.repo_id
        return f"{name.partition('@')[0]}@{revision}"
    return model.strip()

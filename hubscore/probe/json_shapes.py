"""JSON documents that are a table in another shape than a list of objects: columns, rows by number, a list inside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LISTED = 3
"""This many names are listed in a note."""


def rows_of(document: Any) -> tuple[list[dict[str, Any]], str] | None:
    """Return the rows of a document, and what is to be said of its shape; none where it is not such a table.

    Example:
        >>> rows_of({"text": {"0": "a", "1": "b"}, "label": {"0": 1, "1": 2}})[0]  # DataFrame.to_json()
        [{'text': 'a', 'label': 1}, {'text': 'b', 'label': 2}]
        >>> rows_of({"version": 1, "data": [{"text": "a"}]})
        ([{'text': 'a'}], "its list 'data' was read")
        >>> rows_of({"1.png": "cat", "2.png": "dog", "3.png": "dog", "4.png": "cat"})[0][1]
        {'name': '2.png', 'label': 'dog'}
        >>> rows_of([["a film", "good"], ["a book", "bad"]])[0][0]
        {'column_1': 'a film', 'column_2': 'good'}
    """
    if isinstance(document, list):
        return _arrays(document)
    if not isinstance(document, dict) or not document:
        return None
    values = list(document.values())
    if all(isinstance(value, dict) for value in values):
        return _objects(document)
    lists = {name: value for name, value in document.items() if isinstance(value, list) and value}
    tables = {name: found for name, value in lists.items() if (found := _table(value)) is not None}
    if len({tuple(sorted(rows[0])) for rows in tables.values()}) > 1:  # of different things, as in COCO's files
        return None
    if tables:
        name = "train" if "train" in tables else max(tables, key=lambda name: len(tables[name]))
        others = [other for other in lists if other != name]
        beside = f"; {', '.join(others[:LISTED])} beside it {'was' if len(others) == 1 else 'were'} not"
        return tables[name], f"its list {name!r} was read" + (beside if others else "")
    if len(lists) == len(values) > 1 and len({len(value) for value in lists.values()}) == 1:
        rows = [dict(zip(document, row, strict=True)) for row in zip(*values, strict=True)]
        return rows, "its lists were read as columns"
    if len(values) > 1 and _are_labels(document):
        return [{"name": name, "label": value} for name, value in document.items()], (
            "its names and values were read as rows, in the columns name and label"
        )
    return None


def _table(value: list[Any]) -> list[dict[str, Any]] | None:
    """Return a list's rows where it is one of objects or of lists of one length."""
    if all(isinstance(row, dict) for row in value):
        return value
    found = _arrays(value)
    return None if found is None else found[0]


def _arrays(rows: list[Any]) -> tuple[list[dict[str, Any]], str] | None:
    """Read lists of plain values, all of one length, as rows without names of columns."""
    plain = all(isinstance(row, list) and not any(isinstance(value, (list, dict)) for value in row) for row in rows)
    widths = {len(row) for row in rows} if plain else set()
    if len(widths) != 1 or max(widths) < 2:
        return None
    names = [f"column_{place + 1}" for place in range(max(widths))]
    return [dict(zip(names, row, strict=True)) for row in rows], f"its columns were called {', '.join(names[:LISTED])}"


def _objects(document: Mapping[str, Any]) -> tuple[list[dict[str, Any]], str] | None:
    """Read objects of objects: columns where the inner ones share their names and these are numbers, else rows."""
    inner = list(document.values())
    names = list(inner[0])
    shared = all(list(one) == names for one in inner)
    if shared and all(name.isdigit() for name in names) and not all(name.isdigit() for name in document):
        rows = [{column: document[column][name] for column in document} for name in names]
        return rows, "its objects were read as columns"
    if len(inner) > 1 and not any(isinstance(value, dict) for one in inner for value in one.values()):
        return [{"name": name, **one} for name, one in document.items()], "its objects were read as rows"
    return None


def _are_labels(document: Mapping[str, Any]) -> bool:
    """Whether values are labels of the names: plain ones, of which there are fewer than names."""
    values = list(document.values())
    return all(isinstance(value, (str, int)) for value in values) and 2 * len(set(values)) <= len(values)

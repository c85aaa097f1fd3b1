"""Names of the single files that are read as a data set."""

from __future__ import annotations

import posixpath

from hubscore.probe.packed import is_packed_table, plain_name

FORMAT_OF = {
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".txt": "csv",
    ".conll": "csv",
    ".jsonl": "json",
    ".ndjson": "json",
    ".json": "json",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
}
"""By ending, what reads a table; each may also be packed."""

TABULAR = ("parquet", "csv", "arrow", "json")
"""Formats of tables, in which a column may name splits."""


def is_table(name: str) -> bool:
    """Whether a file is read as a table.

    Example:
        >>> is_table("list.csv"), is_table("list.CSV.gz"), is_table("a.parquet.zst"), is_table("a.tar.gz")
        (True, True, True, False)
    """
    plain = plain_name(name) if is_packed_table(name) else name
    stem, ending = posixpath.splitext(plain.lower())
    return ending in FORMAT_OF and not (ending == ".txt" and posixpath.splitext(stem)[1])  # a.jpg.txt is about a.jpg


def unpacked_name(path: str) -> str:
    """Return the lower-case path without the ending that packs a table.

    Example:
        >>> unpacked_name("a/Train.CSV.gz"), unpacked_name("a.tar.gz")
        ('a/train.csv', 'a.tar.gz')
    """
    return (plain_name(path) if is_packed_table(path) and is_table(path) else path).lower()


def table_format(name: str) -> str:
    """Return what reads a table.

    Example:
        >>> table_format("list.tsv.gz"), table_format("a.parquet")
        ('csv', 'parquet')
    """
    plain = plain_name(name) if is_packed_table(name) else name
    return FORMAT_OF[posixpath.splitext(plain)[1].lower()]

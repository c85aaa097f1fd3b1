"""What the texts of a table stand for: paths of files, ids of files, URLs, or the files themselves as base64."""

from __future__ import annotations

import base64
import binascii
import os
import posixpath
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa

from hubscore.errors import DatasetError
from hubscore.modalities.base import Modality
from hubscore.modalities.files import is_file_of, modality_of_files
from hubscore.probe.files import Files, LocalFiles

MOST_FILES = 300_000
"""Files around a table that are looked through for those it may mean."""

_URL = re.compile(r"(?!file:)[a-zA-Z][a-zA-Z0-9+.-]+://.|//[\w-]+\.", re.IGNORECASE)
_BASE64 = re.compile(r"(?:data:[\w/+.;=-]*;base64,)?([A-Za-z0-9+/_\s-]{40,}={0,2}\s*)")
_KEY = re.compile(
    r"(?:.*[_ -])?(?:id|ids|image|images|img|file|files|filename|filepath|name|path|key|uuid|photo|picture|pic|index)"
    r"|(?:image|img|file|photo|picture|pic)_?(?:id|name|no|number|key|path)|id[_ -](?:code|no|number)"
    r"|unnamed: 0|row|__key__",
    re.IGNORECASE,
)


def is_url(value: object) -> bool:
    """Whether a text is the address of something.

    Example:
        >>> is_url("https://host/a.png"), is_url("s3://bucket/a"), is_url("img/a.png"), is_url("C:/a.png")
        (True, True, False, False)
    """
    return isinstance(value, str) and _URL.match(value.strip()) is not None


def urls_refused(column: str, value: str) -> DatasetError:
    """Say that a table of URLs is not read."""
    why = f"column {column!r} holds addresses, such as {shortened(value)!r}"
    fix = "download them first and list their paths, or push the set to the Hub"
    return DatasetError("URLs are not fetched", why, fix)


def shortened(value: object, length: int = 80) -> str:
    """Return a value for a message."""
    text = str(value)
    return text if len(text) <= length else f"{text[:length]}... ({len(text):,} characters)"


def from_base64(value: object) -> bytes | None:
    """Return what a base64 text or ``data:`` URI holds, none where it is no such text.

    Example:
        >>> from_base64(base64.b64encode(bytes(60)).decode()) == bytes(60), from_base64("img/a.png")
        (True, None)
    """
    found = _BASE64.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return None
    text = "".join(found[1].split()).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def base64_modality(values: Sequence[object], modalities: Sequence[Modality]) -> Modality | None:
    """Return the modality whose files these texts hold as base64, or none."""
    found = [from_base64(value) for value in values[:3]]
    if not found or None in found:
        return None
    for modality in modalities:
        if modality.file_endings and all(_decodes(modality, data) for data in found if data is not None):
            return modality
    return None


def decode_base64(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column of base64 texts as bytes; what is no such text becomes null."""
    return pa.chunked_array([pa.array(map(from_base64, column.to_pylist()), pa.large_binary())])


def _decodes(modality: Modality, data: bytes) -> bool:
    try:
        modality.decode(data)
    except Exception:  # of any type, as the protocol says
        return False
    return True


def may_name_files(column: str) -> bool:
    """Whether a column may hold what files are called.

    Example:
        >>> may_name_files("id"), may_name_files("image_id"), may_name_files("Image"), may_name_files("breed")
        (True, True, True, False)
    """
    return _KEY.fullmatch(column) is not None


class FileFinder:
    """Finds the files that a table means where its texts are not paths of files: ids, paths of another machine.

    Args:
        files: where the table lies.
        table: its path.
        modality: of the files.
    """

    def __init__(self, files: Files, table: str, modality: Modality) -> None:
        self._by_name: dict[str, list[str]] = defaultdict(list)
        self._alike: dict[str, list[str]] = defaultdict(list)
        self._modality = modality
        paths = _nearby(files, table) if isinstance(files, LocalFiles) else iter(files.paths())
        for path in islice(paths, MOST_FILES):
            if is_file_of(path, modality):
                name = posixpath.basename(path)
                self._by_name[name].append(path)
                self._by_name[posixpath.splitext(name)[0]].append(path)
                self._alike[_loose(name, modality)].append(path)

    def find(self, value: object, *, loosely: bool = False) -> str | None:
        """Return the only file that a value can mean, by the end of its path, with or without the ending.

        Args:
            value: of the table.
            loosely: where there is none, take one whose name differs in capitals, in its ending, in zeros before a
                number, or in how letters are written down.
        """
        parts = [part for part in re.split(r"[\\/]+", str(value).strip()) if part not in ("", ".", "..")]
        if value is None or not parts:
            return None
        found = self._by_name.get(parts[-1], [])
        if loosely and not found:
            found = self._alike.get(_loose(parts[-1], self._modality), [])
        for depth in range(1, len(parts) + 1):
            if len(found) < 2:
                break
            tail = "/".join(parts[-depth:])
            nearer = [path for path in found if f"/{path}".endswith(f"/{tail}") or _without_ending(path, tail)]
            found = nearer or found
        return found[0] if len(found) == 1 and _agrees(found[0], parts) else None


def _loose(name: str, modality: Modality) -> str:
    """Return what names of the same file have in common on other systems and in other programs.

    Example:
        >>> from hubscore.modalities.image.modality import IMAGE
        >>> [_loose(name, IMAGE) for name in ("Cat%201.JPG", "cat 1.png", "0007", "7.jpg")]
        ['cat 1', 'cat 1', '7', '7']
    """
    plain = unicodedata.normalize("NFC", unquote(name)).casefold()
    stem = posixpath.splitext(plain)[0] if is_file_of(plain, modality) else plain
    return (stem.lstrip("0") or "0") if stem.isdigit() else stem


def _agrees(path: str, parts: Sequence[str]) -> bool:
    """Whether a value's last folder is the file's too, unless one of them has none."""
    folder = posixpath.basename(posixpath.dirname(path))
    return len(parts) == 1 or not folder or folder == parts[-2]


def _without_ending(path: str, tail: str) -> bool:
    return f"/{posixpath.splitext(path)[0]}".endswith(f"/{tail}")


def _nearby(files: LocalFiles, table: str) -> Iterator[str]:
    """Yield the files below a table's folder, nearer ones first, and no deeper than five folders."""
    root = files.local("") or Path()
    pending = [posixpath.dirname(table)]
    for _ in range(6):
        inner: list[str] = []
        for folder in pending:
            try:
                entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
            except OSError:
                continue
            for entry in entries:
                path = f"{folder}/{entry.name}" if folder else entry.name
                if entry.is_dir():
                    inner += [] if entry.name.startswith((".", "__")) else [path]
                elif not entry.name.startswith("."):
                    yield path
        pending = inner


def paths_modality(values: Sequence[object], modalities: Sequence[Modality]) -> Modality | None:
    """Return the modality whose files all these texts name, or none."""
    return modality_of_files([value.strip() if isinstance(value, str) else value for value in values], modalities)

"""A commit as a client sends it: lines of JSON, read into changes and applied to the files of a revision."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from hubscore.localhub.bounded_reading import read_json
from hubscore.localhub.refusals import Refusal
from hubscore.localhub.scan import MOST_FILES, Entry

SHA256 = re.compile(r"[0-9a-f]{64}")
LONGEST_PATH = 1000


@dataclass(frozen=True)
class Change:
    """One line of a commit.

    Args:
        kind: file, lfsFile, deletedFile or deletedFolder.
        content: the bytes of a regular file.
        oid: the SHA-256 of an LFS file.
    """

    kind: str
    path: str
    content: bytes = b""
    oid: str = ""


@dataclass(frozen=True)
class Wish:
    """What a client wants committed."""

    summary: str
    description: str
    parent: str | None
    changes: tuple[Change, ...]


def read_wish(body: bytes) -> Wish:
    """Read the lines of JSON of a commit request.

    Raises:
        Refusal: 400 when a line cannot be read.
    """
    lines = list(_lines(body))
    if not lines or lines[0][0] != "header" or not isinstance(lines[0][1].get("summary"), str):
        raise Refusal(400, "The first line of a commit must be its header with a summary")
    header = lines[0][1]
    parent = header.get("parentCommit")
    changes = tuple(_change(kind, value) for kind, value in lines[1:])
    return Wish(
        header["summary"].strip() or "Update",
        str(header.get("description") or ""),
        str(parent) if parent else None,
        changes,
    )


def apply_changes(
    files: Mapping[str, Entry],
    changes: tuple[Change, ...],
    put: Callable[[bytes], Entry],
    large: Callable[[str], Entry | None],
) -> dict[str, Entry]:
    """The files of a revision after the changes.

    Args:
        files: the files before.
        changes: applied in order.
        put: keeps the bytes of a regular file.
        large: finds an uploaded LFS object.

    Raises:
        Refusal: 404 for a deletion of what is not there, 400 for an LFS object that was not uploaded or a path used
            twice.
    """
    after = dict(files)
    for change in changes:
        if change.kind == "file":
            after[change.path] = put(change.content)
        elif change.kind == "lfsFile":
            entry = large(change.oid)
            if entry is None:
                raise Refusal(400, f"{change.path}: the LFS object {change.oid} was not uploaded to this repo")
            after[change.path] = entry
        else:
            gone = [
                name
                for name in after
                if name == change.path or (change.kind == "deletedFolder" and name.startswith(f"{change.path}/"))
            ]
            if not gone:
                raise Refusal(404, f"A file with this name doesn't exist: {change.path}", code="EntryNotFound")
            for name in gone:
                del after[name]
    _check_tree(after)
    return after


def valid_path(path: object) -> str:
    """A path inside a repo.

    Raises:
        Refusal: 400 for paths that are empty, absolute, climb, or name what git keeps to itself.
    """
    text = path if isinstance(path, str) else ""
    parts = text.split("/")
    bad = (
        not text
        or len(text) > LONGEST_PATH
        or "\\" in text
        or any(not part or part in (".", "..") or part == ".git" for part in parts)
    )
    if bad or any(ord(letter) < 32 for letter in text):
        raise Refusal(400, f"{text[:100]!r} is not allowed as a path in a repo")
    return text


def ignored(path: str, patterns: str) -> bool:
    """Whether a ``.gitignore`` leaves a file out; the last pattern that matches decides."""
    verdict = False
    for line in patterns.splitlines():
        pattern = line.strip()
        if pattern and not pattern.startswith("#"):
            keep = pattern.startswith("!")
            if _matches(path, pattern.removeprefix("!")):
                verdict = not keep
    return verdict


def _matches(path: str, pattern: str) -> bool:
    folders_only, pattern = pattern.endswith("/"), pattern.strip("/") if pattern.endswith("/") else pattern
    anchored = "/" in pattern
    pattern = pattern.lstrip("/").removeprefix("**/")
    parts = path.split("/")
    for length in range(1, len(parts) + (0 if folders_only else 1)):
        name = "/".join(parts[:length]) if anchored else parts[length - 1]
        if fnmatchcase(name, pattern):
            return True
    return False


def _lines(body: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    for line in body.splitlines():
        if line.strip():
            try:
                data = read_json(line)
                kind, value = data["key"], data["value"]
            except (ValueError, TypeError, KeyError) as error:
                raise Refusal(400, "A line of the commit is not JSON with key and value") from error
            if not isinstance(value, dict):
                raise Refusal(400, "A line of the commit has no object as its value")
            yield kind, value


def _change(kind: str, value: dict[str, Any]) -> Change:
    path = value.get("path")
    if kind == "file":
        return Change(kind, valid_path(path), content=_content(value))
    if kind == "lfsFile":
        oid = str(value.get("oid"))
        if value.get("algo", "sha256") != "sha256" or not SHA256.fullmatch(oid):
            raise Refusal(400, f"{path}: an LFS file needs the SHA-256 of its bytes as oid")
        return Change(kind, valid_path(path), oid=oid)
    if kind == "deletedFile":
        return Change(kind, valid_path(path))
    if kind == "deletedFolder":
        return Change(kind, valid_path(path.rstrip("/") if isinstance(path, str) else path))
    raise Refusal(400, f"A commit cannot hold {str(kind)[:40]!r}")


def _content(value: dict[str, Any]) -> bytes:
    content = value.get("content")
    if not isinstance(content, str):
        raise Refusal(400, f"{value.get('path')}: a file needs content")
    if value.get("encoding") != "base64":
        return content.encode()
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refusal(400, f"{value.get('path')}: the content is not base64") from error


def _check_tree(files: Mapping[str, Entry]) -> None:
    if len(files) > MOST_FILES:
        raise Refusal(413, f"A revision holds at most {MOST_FILES} files")
    for name in files:
        folder = name.rpartition("/")[0]
        while folder:
            if folder in files:
                raise Refusal(400, f"{folder} cannot be a file and a folder")
            folder = folder.rpartition("/")[0]

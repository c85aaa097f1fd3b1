"""Three-way merges of files and of whole revisions, and the text of a diff."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, unified_diff

from hubscore.localhub.hashing import pointer
from hubscore.localhub.scan import Entry

LARGEST_TEXT = 1_000_000
Lines = Sequence[str]


@dataclass(frozen=True)
class Merge:
    """The result of a merge.

    Args:
        files: the merged files; new contents as bytes.
        conflicts: paths that both sides changed differently.
    """

    files: dict[str, Entry | bytes]
    conflicts: tuple[str, ...]


def merge_files(
    base: Mapping[str, Entry], ours: Mapping[str, Entry], theirs: Mapping[str, Entry], read: Callable[[Entry], bytes]
) -> Merge:
    """Merge two revisions that both come from ``base``; each entry must know its blob."""
    files: dict[str, Entry | bytes] = {}
    conflicts: list[str] = []
    for path in sorted({*base, *ours, *theirs}):
        before, mine, yours = (side.get(path) for side in (base, ours, theirs))
        if _same(mine, yours) or _same(before, yours):
            merged: Entry | bytes | None = mine
        elif _same(before, mine):
            merged = yours
        else:
            merged = _merge_text(before, mine, yours, read)
            if merged is None:
                conflicts.append(path)
        if merged is not None:
            files[path] = merged
    return Merge(files, tuple(conflicts))


def merge_lines(base: Lines, ours: Lines, theirs: Lines) -> list[str] | None:
    """Merge two edits of the same lines; None when they touch the same place."""
    edits = sorted([*_edits(base, ours), *_edits(base, theirs)], key=lambda edit: (edit[0], edit[1]))
    merged: list[str] = []
    place = 0
    for number, (start, end, lines) in enumerate(edits):
        if number and edits[number - 1] == (start, end, lines):
            continue  # both sides made the same edit
        # edits that touch are a conflict, as in git: neither side has seen the other's neighbour
        if number and start <= edits[number - 1][1]:
            return None
        merged += [*base[place:start], *lines]
        place = end
    return [*merged, *base[place:]]


def diff(before: Mapping[str, Entry], after: Mapping[str, Entry], read: Callable[[Entry], bytes]) -> str:
    """The unified diff from one revision to another; LFS files appear as their pointers."""
    parts: list[str] = []
    for path in sorted({*before, *after}):
        old, new = before.get(path), after.get(path)
        if not _same(old, new):
            parts.append(f"diff --git a/{path} b/{path}\n" + _file_diff(path, old, new, read))
    return "".join(parts)


def _file_diff(path: str, old: Entry | None, new: Entry | None, read: Callable[[Entry], bytes]) -> str:
    left, right = (_text(entry, read) if entry else "" for entry in (old, new))
    if left is None or right is None:
        return f"Binary files a/{path} and b/{path} differ\n"
    names = (f"a/{path}" if old else "/dev/null", f"b/{path}" if new else "/dev/null")
    lines = unified_diff(left.splitlines(keepends=True), right.splitlines(keepends=True), *names)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _merge_text(
    before: Entry | None, mine: Entry | None, yours: Entry | None, read: Callable[[Entry], bytes]
) -> bytes | None:
    if before is None or mine is None or yours is None or mine.lfs or yours.lfs or before.lfs:
        return None
    texts = [_text(entry, read) for entry in (before, mine, yours)]
    base, ours, theirs = (text.splitlines(keepends=True) if text is not None else None for text in texts)
    if base is None or ours is None or theirs is None:
        return None
    merged = merge_lines(base, ours, theirs)
    return None if merged is None else "".join(merged).encode()


def _edits(base: Lines, changed: Lines) -> list[tuple[int, int, tuple[str, ...]]]:
    blocks = SequenceMatcher(None, base, changed, autojunk=False).get_opcodes()
    return [(start, end, tuple(changed[low:high])) for tag, start, end, low, high in blocks if tag != "equal"]


def _text(entry: Entry, read: Callable[[Entry], bytes]) -> str | None:
    if entry.lfs and entry.blob and entry.blob.sha256:
        return pointer(entry.blob.sha256, entry.size).decode()
    if entry.size > LARGEST_TEXT:
        return None
    try:
        return read(entry).decode()
    except UnicodeDecodeError:
        return None


def _same(left: Entry | None, right: Entry | None) -> bool:
    return (left.blob if left else None) == (right.blob if right else None)

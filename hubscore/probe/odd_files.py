"""Files that are not read, told by their endings, and what to do about them: packed, half downloaded, backups."""

from __future__ import annotations

import posixpath
import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from hubscore.modalities.base import Modality
from hubscore.modalities.files import leading
from hubscore.probe.data_files import FORMATS

_TAR = "tar xf {0} -C {1}"
PACKED = {
    ".tar.gz": _TAR,
    ".tgz": _TAR,
    ".tar.bz2": _TAR,
    ".tbz2": _TAR,
    ".tar.xz": _TAR,
    ".txz": _TAR,
    ".tar.zst": _TAR,
    ".gz": "gunzip {0}",
    ".zst": "unzstd {0}",
    ".bz2": "bunzip2 {0}",
    ".xz": "unxz {0}",
    ".lz4": "unlz4 {0}",
    ".z": "uncompress {0}",
    ".7z": "7z x {0} -o{1}",
    ".rar": "unrar x {0} {1}/",
}
"""By ending, longer ones first, the command that unpacks."""

PARTIAL = (
    *(".part", ".partial", ".filepart", ".crdownload", ".download", ".opdownload", ".incomplete", ".aria2", ".!ut"),
    ".tmp",
)
"""Endings of downloads that were broken off."""

BACKUPS = (".bak", ".backup", ".old", ".orig", ".save", ".copy", ".swp", "~")
"""Endings of copies that editors and people keep."""

_TEXTS = (".md", ".rst", ".html", ".htm", ".log", ".text", ".eml")
"""Endings of files that are texts too."""


@dataclass(frozen=True)
class OddFiles:
    """Files of one kind that are not read.

    Attributes:
        why: what they are: ``1 packed file (data.tar.gz)``.
        fix: what to do about them.
    """

    why: str
    fix: str


def ending_of(path: str) -> str:
    """Return the last ending in lower case, empty where there is none.

    Example:
        >>> ending_of("in.dir/a.TAR.gz"), ending_of("in.dir/a")
        ('.gz', '')
    """
    return posixpath.splitext(path)[1].lower()


def odd_files(paths: Sequence[str], modalities: Sequence[Modality], root: str = "") -> OddFiles | None:
    """Explain the commonest kind of files that cannot be read; none where there are no files.

    Args:
        paths: those that nothing reads.
        modalities: whose files may need another package.
        root: the folder that they lie in, as a person calls it, for commands.
    """
    if not paths:
        return None
    kinds = Counter(_kind(path, modalities) for path in paths)
    kind = max(kinds, key=lambda one: (one != "other", kinds[one]))
    mine = [path for path in paths if _kind(path, modalities) == kind]
    first = posixpath.join(root, mine[0])
    if kind == "packed":
        command = next(command for ending, command in PACKED.items() if first.lower().endswith(ending))
        command = command.format(shlex.quote(first), shlex.quote(posixpath.dirname(first) or "."))
        fix = f"unpack it: {command}, then rank the folder with what was in it"
        return OddFiles(_counted(mine, "packed file"), fix)
    if kind == "partial":
        return OddFiles(_counted(mine, "half download"), "download it again, to its end")
    if kind == "backup":
        plain = shlex.quote(_without_ending(first))
        return OddFiles(
            _counted(mine, "backup copy", "backup copies"), f"mv {shlex.quote(first)} {plain}, if it is to be read"
        )
    if kind == "misnamed":
        several = _counted(mine, "file with an ending too many", "files with an ending too many")
        return OddFiles(several, f"mv {shlex.quote(first)} {shlex.quote(_without_ending(first))}, if it is one")
    if kind.startswith("needs "):
        return OddFiles(*_needing(mine, kind.removeprefix("needs ")))
    endings = Counter(ending_of(path) or "no ending" for path in mine)
    listed = ", ".join(f"{count} {ending}" for ending, count in endings.most_common(3))
    return OddFiles(f"{_counted(mine, 'other file')}: {listed}", _renamed(endings))


def _renamed(endings: Counter[str]) -> str:
    """Say how files are called that are read, where many may be such under another name."""
    (most, count), *_ = endings.most_common(1)
    if count > 1 and most == "no ending":
        return "give the files the ending of what they are, such as .jpg or .txt"
    return "rename the files: texts are read where their names end in .txt" if most in _TEXTS else ""


def unread_notes(paths: Sequence[str], modalities: Sequence[Modality]) -> list[str]:
    """Say which files were left out although they look like data: half downloads, and kinds that need a package."""
    suspects = (*PARTIAL, *(ending for one in modalities for ending in one.package_endings))
    paths = [path for path in paths if path.lower().endswith(suspects)]
    notes = []
    partial = [path for path in paths if _kind(path, modalities) == "partial"]
    if partial:
        notes.append(f"left out: {_counted(partial, 'half download')}")
    for kind in sorted({kind for path in paths if (kind := _kind(path, modalities)).startswith("needs ")}):
        mine = [path for path in paths if _kind(path, modalities) == kind]
        why, fix = _needing(mine, kind.removeprefix("needs "))
        notes.append(f"left out: {why}; {fix}")
    return notes


def _needing(paths: Sequence[str], package: str) -> tuple[str, str]:
    """Say that files need a package."""
    endings = Counter(posixpath.splitext(path)[1] for path in paths)
    return (
        f"{len(paths)} {endings.most_common(1)[0][0]} {'file' if len(paths) == 1 else 'files'} cannot be read here",
        f"pip install {package}, or convert them",
    )


def _kind(path: str, modalities: Sequence[Modality]) -> str:
    name = path.lower()
    if name.endswith(tuple(PACKED)):
        return "packed"
    if name.endswith(PARTIAL):
        return "partial"
    if name.endswith(BACKUPS):
        return "backup"
    package = next((one.package_endings[ending_of(path)] for one in modalities if _needs(path, one)), None)
    if package:
        return f"needs {package}"
    known = [ending for endings in FORMATS.values() for ending in endings]
    known += [ending for one in leading(modalities) for ending in one.file_endings]
    inner = ending_of(posixpath.splitext(path)[0])
    return "misnamed" if inner in known and ending_of(path) not in known else "other"


def _needs(path: str, modality: Modality) -> bool:
    ending = ending_of(path)
    return ending in modality.package_endings and ending not in modality.file_endings


def _without_ending(path: str) -> str:
    return path[:-1] if path.endswith("~") else posixpath.splitext(path)[0]


def _counted(paths: Sequence[str], one: str, several: str = "") -> str:
    names = ", ".join(posixpath.basename(path) for path in paths[:3])
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return f"{len(paths)} {one if len(paths) == 1 else several or f'{one}s'} ({names}{more})"

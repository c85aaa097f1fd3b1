"""What `--out` names: files, a folder for every form, or stdout."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hubscore.cli.output import Output
from hubscore.errors import UsageError
from hubscore.text import clean

STDOUT = "-"


@dataclass(frozen=True)
class OutFiles:
    """Where a result goes beside the terminal.

    Attributes:
        paths: files, in the order in which they were named.
        folders: that were named, and are made for some of them.
        stdout: whether the result as JSON takes the place of the table.
    """

    paths: tuple[Path, ...] = ()
    folders: frozenset[Path] = frozenset()
    stdout: bool = False

    def save(self, write: Callable[[Path], None], output: Output) -> None:
        """Write each file, and say so.

        Raises:
            StorageError: a place cannot be written.
        """
        for path in self.paths:
            if path.parent in self.folders:
                path.parent.mkdir(exist_ok=True)
            write(path)
            output.note(f"Saved {path}")


def out_files(
    named: Sequence[str] | None,
    check: Callable[[Path], object],
    *,
    name: str,
    endings: Sequence[str],
    stdout: bool = False,
    data: str | None = None,
) -> OutFiles:
    """Read what ``--out`` named; call it before the work starts.

    Args:
        named: each a file, a folder (one that is there, or a name that ends with a slash), or ``-``.
        check: raises unless the result can be saved under a path.
        name: of the files in a folder, without their endings.
        endings: of the files in a folder.
        stdout: whether ``-`` is understood.
        data: the data set; where it is a folder, results are not written all over it.

    Raises:
        UsageError: an ending that is not known, a folder that is not there, the folder of the data, or the same file
            twice.
    """
    paths, folders, dash = list[Path](), set[Path](), False
    for word in named or ():
        if word == STDOUT and stdout:
            dash = True
            continue
        if not word.strip():
            raise UsageError("--out names no file", "", f"--out {name}{endings[0]}")
        path = Path(word)
        if not (word.endswith(("/", os.sep)) or path.is_dir()):
            check(path)
            _check_writable(path.absolute().parent, path)
            paths.append(path)
            continue
        _check_folder(word, path)
        if data is not None and path.is_dir() and Path(data).is_dir() and path.samefile(data):
            why = f"the next run would meet {name}{endings[0]} and the others among the data"
            raise UsageError(f"--out {clean(word)} is the folder of the data", why, f"--out {clean(_beside(path))}/")
        folders.add(path)
        paths += [path / f"{name}{ending}" for ending in endings]
    twice = next((path for path in paths if paths.count(path) > 1), None)
    if twice is not None:
        raise UsageError(f"--out names {clean(twice)} twice", "one of them would be lost", "drop one")
    return OutFiles(tuple(paths), frozenset(folders), dash)


def _beside(folder: Path) -> Path:
    """Return a new folder beside one."""
    there = folder if folder.name not in ("", "..") else folder.resolve()
    return there.with_name(f"{there.name}-ranking")


def _check_folder(word: str, path: Path) -> None:
    """Refuse a folder that cannot be made or filled."""
    if path.exists() and not path.is_dir():
        raise UsageError(f"Cannot save into '{clean(word)}'", "it is a file", f"--out {clean(path)}")
    parent = path.absolute().parent
    if not parent.is_dir():
        fix = f"mkdir -p {clean(path.parent)}"
        raise UsageError(f"Cannot save into '{clean(word)}'", "the folder it would lie in does not exist", fix)
    _check_writable(path if path.exists() else parent, path)


def _check_writable(folder: Path, path: Path) -> None:
    if not os.access(folder, os.W_OK):
        raise UsageError(f"Cannot save '{clean(path)}'", f"{clean(folder)} is not writable", f"--out ./{path.name}")

"""Which split is read: the one that is asked for, ``train``, or the only one."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from hubscore.errors import UsageError
from hubscore.probe.data_files import METADATA
from hubscore.probe.source import DataSource
from hubscore.probe.split_names import split_of_word
from hubscore.probe.table_names import TABULAR
from hubscore.text import option


def choose_split(
    source: DataSource,
    splits: Mapping[str, Sequence[str]],
    wanted: str | None,
    form: str,
    *,
    asked: bool = False,
    hints: Mapping[str, str] | None = None,
    tables: Sequence[str] = (),
) -> str:
    """Choose a split.

    Args:
        source: where the data set lies.
        splits: the files of each.
        wanted: the one that is asked for.
        form: the format of the files; a column of a table may name splits too.
        asked: whether a person said that the folders are splits.
        hints: by split why there are no classes in it.
        tables: that may list the files, and name their splits.

    Raises:
        UsageError: there is none, or several and none is ``train``; what may be meant is advised.
    """
    names = [name for name, some in splits.items() if some]
    listed = form in TABULAR or tables or any(posixpath.basename(path) in METADATA for path in splits.get("train", ()))
    if wanted in names or (wanted is not None and names == ["train"] and listed):  # a column may name it
        return str(wanted)
    if wanted is None and ("train" in names or len(names) == 1):
        return "train" if "train" in names else names[0]
    what = (
        f"Data set {source.name!r} has no split {wanted!r}"
        if wanted
        else f"Data set {source.name!r} has several splits and none is 'train'"
    )
    why, near = f"its splits are {', '.join(names)}", _near_split(wanted, names)
    fix = option("--split", near or names[0])
    if wanted and near and wanted.startswith(f"{near}["):
        fix += " --samples N, for a part of it"
    if asked and not wanted and set(names) <= set(hints or ()):
        why += ", and none holds a folder per class"
        fix = f"--as classes, which makes them the classes; or rank --unlabeled {fix}"
    raise UsageError(what, why, fix)


def _near_split(wanted: str | None, names: Sequence[str]) -> str | None:
    """Return the split that a name means in other data sets, or one spelled nearly so: ``val`` is ``validation``."""
    plain = (wanted or "").partition("[")[0].partition("+")[0].strip()
    meant = split_of_word(plain)
    alike = [name for name in names if name.lower() == plain.lower() or (meant and split_of_word(name) == meant)]
    return next(iter([*alike, *get_close_matches(plain, names, n=1)]), None)

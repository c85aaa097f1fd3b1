"""Which files of a data set hold which split and in which format, from their names alone.

The rule is that of ``datasets``, written down here so that it rests on no private name of that library.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hubscore.modalities.base import Modality
from hubscore.modalities.files import is_file_of, leading
from hubscore.probe.table_names import unpacked_name

ARCHIVES = (".zip",)
"""Endings of files that hold other files."""

METADATA = ("metadata.csv", "metadata.jsonl", "metadata.parquet")
"""Tables that say something about the files beside them."""

SPLIT_WORDS: Mapping[str, tuple[str, ...]] = {
    "train": ("train", "training"),
    "validation": ("validation", "valid", "dev", "val"),
    "test": ("test", "testing", "eval", "evaluation"),
}
"""By split, the words that tell it in the name of a folder or file."""

FORMATS: Mapping[str, tuple[str, ...]] = {
    "parquet": (".parquet", ".geoparquet", ".gpq"),
    "lance": (".lance",),
    "vortex": (".vortex",),
    "arrow": (".arrow",),
    "json": (".jsonl", ".ndjson", ".json"),
    "csv": (".csv", ".tsv", ".conll"),
    "webdataset": (".tar",),
    "hdf5": (".hdf5", ".h5"),
}
"""Formats that can hold items or list their files, the one that wins a draw first."""

_OTHER_FORMATS: Mapping[str, tuple[str, ...]] = {
    "audiofolder": (".mp3", ".wav", ".flac", ".ogg", ".opus", ".aiff", ".m4a"),
    "videofolder": (".mp4", ".mpeg", ".mpg", ".avi", ".mov", ".mkv", ".webm"),
    "pdffolder": (".pdf",),
    "xml": (".xml",),
    "text": (".txt",),
}
"""Named in messages where nothing else is there."""

_IGNORED = frozenset(
    {"README.md", "config.json", "dataset_info.json", "dataset_infos.json", "dataset_dict.json", "dummy_data.zip"}
)
_SYSTEM = frozenset(
    ["system volume information", *"__macosx __pycache__ @eadir #recycle #snapshot lost+found $recycle.bin".split()]
)
_SHARDED = re.compile(r"data/(?P<split>[^/]*)-\d{5}-of-\d{5}[^/]*\.[^/]*")
_SEPARATOR = "[-._ 0-9]"
_IN_FOLDER = ("**/{0}/**", "**/{0}{1}*/**", "**/*{1}{0}/**", "**/*{1}{0}{1}*/**")
_IN_FILE = ("**/{0}{1}*", "**/*{1}{0}{1}*")


def is_data_file(path: str) -> bool:
    """Whether a file is data: not hidden, not in a folder like __MACOSX, no README or the like."""
    *folders, name = path.split("/")
    hidden = name.startswith(".") or any(folder.startswith((".", "__")) for folder in folders)
    return not hidden and name not in _IGNORED


def is_own_file(path: str) -> bool:
    """Whether a file on this machine is a person's own: not hidden, not one that a system keeps beside a person's.

    Example:
        >>> [is_own_file(path) for path in ("__other__/1.png", ".git/x", "__MACOSX/1.png", "cat/@eaDir/1.png/T.jpg")]
        [True, False, False, False]
    """
    parts = path.split("/")
    return not any((part.startswith(".") and part.strip(".") != "") or part.lower() in _SYSTEM for part in parts)


def is_own_data(path: str) -> bool:
    """Whether a file on this machine is data: a person's own, and no README or the like."""
    return is_own_file(path) and posixpath.basename(path) not in _IGNORED


def is_packed(path: str) -> bool:
    """Whether a path leads into an archive or to one."""
    return any(part.lower().endswith(ARCHIVES) for part in path.split("/"))


def split_files(paths: Sequence[str], given: Any = None) -> dict[str, list[str]]:
    """Sort files into splits, by the patterns of a card or else by their names.

    Args:
        paths: the data files.
        given: ``data_files`` of a card: a pattern, a list of them, or a list of splits with their patterns.

    Returns:
        By split that has files, its files in the order in which ``datasets`` numbers their rows.
    """
    if given is not None:
        patterns = _patterns_by_split(given)
    elif sharded := _sharded(paths):
        return sharded
    else:
        patterns = _named_splits(paths, _IN_FOLDER) or _named_splits(paths, _IN_FILE) or {"train": ["**"]}
    found = {
        split: list(dict.fromkeys(path for matches in map(matcher, some) for path in paths if matches(path)))
        for split, some in patterns.items()
    }
    return {split: some for split, some in found.items() if some}


def files_by_split(paths: Sequence[str], options: Mapping[str, Any]) -> dict[str, list[str]]:
    """Sort files into splits as :func:`split_files` does, by what a card says of a configuration.

    Args:
        paths: the data files of the repo.
        options: of the configuration: ``data_dir`` and ``data_files`` count.
    """
    base = posixpath.normpath(options.get("data_dir") or ".")
    prefix = "" if base == "." else f"{base}/"
    inside = [path.removeprefix(prefix) for path in paths if path.startswith(prefix)]
    splits = split_files(inside, options.get("data_files"))
    return {split: [prefix + path for path in some] for split, some in splits.items()}


def format_of(paths: Sequence[str], modalities: Sequence[Modality]) -> str | None:
    """Return the format of most of the files, none where nothing is known of any.

    Args:
        paths: the data files.
        modalities: whose single files count; their format is called after them, for example ``imagefolder``.

    Returns:
        One of :data:`FORMATS`, ``NAMEfolder``, ``archive``, or the name of a format that holds no items.
    """
    paths = [unpacked_name(path) for path in paths]
    plain = [path for path in paths if not path.endswith(ARCHIVES)]
    formats = {ending: name for name, endings in FORMATS.items() for ending in endings}
    formats |= {ending: folder_format(one) for one in leading(modalities) for ending in one.file_endings}
    form = _most_common(plain, formats)
    only_metadata = form in ("csv", "json") and all(posixpath.basename(path).startswith("metadata.") for path in plain)
    if form is None or only_metadata:
        if len(plain) < len(paths):
            return "archive"
        for one in modalities:
            if one.yields and in_class_folders(plain, one):
                return folder_format(one)
        other = {ending: name for name, endings in _OTHER_FORMATS.items() for ending in endings}
        return None if only_metadata else _most_common(plain, other)
    return form


def in_class_folders(paths: Sequence[str], modality: Modality) -> bool:
    """Whether files of a modality lie in two folders or more, as classes do; for those that many folders have too.

    Example:
        >>> from hubscore.modalities.registry import MODALITIES
        >>> [in_class_folders(paths, MODALITIES.get("text")) for paths in (["a/1.txt", "b/1.txt"], ["notes.txt"])]
        [True, False]
    """
    return len({posixpath.dirname(path) for path in paths if is_file_of(path, modality)} - {""}) > 1


def files_of_format(paths: Sequence[str], form: str, modalities: Sequence[Modality]) -> list[str]:
    """Return the files that belong to a format: those with its endings, archives of them, and metadata of folders."""
    folders = {folder_format(one): one.file_endings for one in modalities if one.file_endings}
    endings = (*FORMATS.get(form, ()), *folders.get(form, ()), *ARCHIVES)
    names = METADATA if form in folders or form == "archive" else ()
    return [path for path in paths if unpacked_name(path).endswith(endings) or posixpath.basename(path) in names]


def folder_format(modality: Modality) -> str:
    """Return what a folder of a modality's files is called, for example ``imagefolder``."""
    return f"{modality.name}folder"


def matcher(pattern: str) -> Callable[[str], bool]:
    """Return what says whether a path matches a pattern with ``*``, ``?``, ``[...]`` and ``**``.

    Example:
        >>> [matcher("**/train/*.png")(path) for path in ("train/a.png", "x/train/a.png", "train/b/a.png")]
        [True, True, False]
    """
    *folders, last = pattern.split("/")
    whole = "".join("(?:.+/)?" if part == "**" else _segment(part) + "/" for part in folders)
    whole += ".*" if last == "**" else _segment(last)
    compiled = re.compile(whole, re.DOTALL)
    return lambda path: compiled.fullmatch(path) is not None


def _segment(part: str) -> str:
    """Translate one part of a pattern between two slashes."""
    if part == "*":
        return "[^/]+"
    pieces = re.split(r"(\*+|\?|\[!?\]?[^\]]*\])", part)
    return "".join(_wildcard(piece) if number % 2 else re.escape(piece) for number, piece in enumerate(pieces))


def _wildcard(piece: str) -> str:
    if piece.startswith("["):
        return piece.replace("[!", "[^", 1).replace("\\", r"\\")
    return "[^/]" if piece == "?" else "[^/]*"


def _patterns_by_split(given: Any) -> dict[str, list[str]]:
    """Bring the ways in which a card may name its files into one."""
    if isinstance(given, Mapping):
        return {str(split): _listed(some) for split, some in given.items()}
    entries = _listed(given)
    if any(isinstance(entry, Mapping) for entry in entries):
        return {str(entry["split"]): _listed(entry["path"]) for entry in entries}
    return {"train": entries}


def _listed(value: Any) -> list[Any]:
    return [value] if isinstance(value, str) else list(value)


def _sharded(paths: Sequence[str]) -> dict[str, list[str]]:
    """Return the splits of files like ``data/train-00000-of-00002.parquet``, usual splits first."""
    found: dict[str, list[str]] = {}
    for path in paths:
        match = _SHARDED.fullmatch(path)
        if match:
            found.setdefault(match["split"], []).append(path)
    usual = [split for split in SPLIT_WORDS if split in found]
    return {split: found[split] for split in (*usual, *sorted(found.keys() - set(usual)))}


def _named_splits(paths: Sequence[str], templates: Sequence[str]) -> dict[str, list[str]]:
    """Return the patterns of the splits whose words stand in the names of folders or files."""
    patterns = {
        split: [template.format(word, _SEPARATOR) for word in words for template in templates]
        for split, words in SPLIT_WORDS.items()
    }
    return {split: some for split, some in patterns.items() if any(map(_any_matcher(some), paths))}


def _any_matcher(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Return what says whether a path matches one of several patterns."""
    matchers = [matcher(pattern) for pattern in patterns]
    return lambda path: any(matches(path) for matches in matchers)


def _most_common(paths: Sequence[str], formats: Mapping[str, str]) -> str | None:
    """Return the format of the most common ending; metadata files count last, and a draw goes by the table's order."""
    counts = Counter((posixpath.splitext(path)[1].lower(), posixpath.basename(path) in METADATA) for path in paths)
    order = {ending: -position for position, ending in enumerate(formats)}
    known = {key: count for key, count in counts.items() if key[0] in formats}
    if not known:
        return None
    ending, _ = max(known, key=lambda key: (not key[1], known[key], order[key[0]]))
    return formats[ending]

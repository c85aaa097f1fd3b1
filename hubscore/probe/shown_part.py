"""Which configuration and split the page of a folder or file of a data set shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hubscore.errors import DatasetError, UsageError
from hubscore.probe.card import Card
from hubscore.probe.data_files import files_by_split, is_data_file
from hubscore.probe.source import DataSource


def with_shown(
    source: DataSource, card: Card, paths: Sequence[str], config: str | None, split: str | None
) -> tuple[str | None, str | None]:
    """Return configuration and split, with what the page says where nothing else does.

    A probe is drawn from a split as a whole, which the record names, so that it can be drawn again: a folder or file
    stands for the configuration or split that it holds, and for nothing less.

    Args:
        source: whose page shows a folder or file.
        card: of the data set.
        paths: of all its files.
        config: the configuration that was asked for.
        split: the split that was asked for.

    Raises:
        DatasetError: it holds none as a whole.
        UsageError: another configuration or split was asked for.
    """
    data = [path for path in paths if is_data_file(path)]
    if source.shown in paths and source.shown not in data:
        return config, split  # the page of a card, say
    configs = card.configs or {"default": {}}
    shown, known = part_shown(
        source.shown, {name: files_by_split(data, options) for name, options in configs.items()}, source.name
    )
    shown = shown if card.configs else None
    for option, asked, there in (("--config", config, shown), ("--split", split, known)):
        if asked and there and asked != there:
            what = f"The page of {source.name!r} and {option} {asked} exclude each other"
            raise UsageError(what, f"{source.shown} is that of {there}", f"leave {option} out")
    return config or shown, split or known


def part_shown(path: str, parts: Mapping[str, Mapping[str, Sequence[str]]], name: str) -> tuple[str | None, str | None]:
    """Return which configuration and split a folder or file of a data set holds; none and none where it holds all.

    Args:
        path: of the folder or file.
        parts: by configuration, the files of its splits.
        name: of the data set, for the error.

    Raises:
        DatasetError: it holds no configuration and no split as a whole.

    Example:
        >>> parts = {"en": {"train": ["en/a.csv"], "test": ["en/b.csv"]}, "de": {"train": ["de/a.csv"]}}
        >>> part_shown("en", parts, "user/texts"), part_shown("en/b.csv", parts, "user/texts")
        (('en', None), ('en', 'test'))
    """

    def below(files: Sequence[str]) -> list[str]:
        return [one for one in files if one == path or one.startswith(f"{path}/")]

    every = {config: [one for files in splits.values() for one in files] for config, splits in parts.items()}
    whole = [config for config, files in every.items() if files and below(files) == files]
    if whole and len(whole) == len(parts):
        return None, None
    if len(whole) == 1:
        return whole[0], None
    inside = {one for files in every.values() for one in below(files)}
    found = [
        (config, split) for config, splits in parts.items() for split, files in splits.items() if inside == {*files}
    ]
    if len(found) == 1 and inside:
        return found[0]
    what = f"{path!r} in the data set {name!r} is neither a configuration nor a split as a whole"
    if not inside:
        raise DatasetError(what, "no data file of any of them lies there", f"name the data set: {name}")
    fix = f"hf download {name} --repo-type dataset --include '{path}*' --local-dir DIR, then rank the folder"
    why = "part of a split cannot be drawn from: its other rows would be missing from the record"
    raise DatasetError(what, why, fix)

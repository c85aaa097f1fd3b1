"""Which files hold which split of a data set, as the ``datasets`` library resolves it, without downloading them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hubscore.errors import DatasetError, HubscoreError, UsageError
from hubscore.huberrors import recognise
from hubscore.probe.locate import Place

if TYPE_CHECKING:
    from datasets import DatasetBuilder, Features

_FORMATS = {".csv": "csv", ".tsv": "csv", ".jsonl": "json", ".parquet": "parquet"}
_NO_IMAGES = ("text", "audiofolder", "videofolder", "pdffolder", "meshfolder", "niftifolder")


@dataclass(frozen=True)
class Layout:
    """One split of a data set.

    Attributes:
        format: the ``datasets`` module that reads it, for example ``parquet`` or ``imagefolder``.
        split: its name.
        config: the configuration, where the data set names one.
        files: paths of every split's files, absolute or in the repo.
        features: from the data set's card, where it has them.
        separator: between the fields of CSV files, where the card says it.
    """

    format: str
    split: str
    config: str | None
    files: dict[str, list[str]]
    features: Features | None = None
    separator: str | None = None


def read_layout(place: Place, *, config: str | None = None, split: str | None = None) -> Layout:
    """Resolve configuration, split and files.

    Args:
        place: where the data set lies.
        config: the configuration; without it the only one, or the default one.
        split: the split; without it ``train``, or the only one.

    Returns:
        The layout of the split.

    Raises:
        UsageError: several configurations or splits and none chosen, or an unknown one.
        DatasetError: nothing in there can be read as images.
    """
    if place.kind == "file":
        return _single_file(place, config, split)
    builder = _builder(place, config)
    if builder.name in _NO_IMAGES:
        raise DatasetError(f"Data set {place.name!r} holds no images", f"its files are read as {builder.name}; hubscore reads images")
    found = (builder.config.data_files or {}).items()
    files = {str(name): list(dict.fromkeys(_inside(place, file) for file in some)) for name, some in found}
    chosen = _split(place, list(files), split)
    named = builder.config.name != "default" or len(builder.builder_configs) > 1
    return Layout(
        builder.name,
        chosen,
        builder.config.name if named else None,
        files,
        builder.info.features,
        getattr(builder.config, "sep", None),
    )


def _single_file(place: Place, config: str | None, split: str | None) -> Layout:
    if config is not None or split not in (None, "train"):
        raise UsageError(f"File {place.name!r} has one split, train, and no configurations", fix="leave --config and --split out")
    assert place.path is not None
    return Layout(_FORMATS[place.path.suffix.lower()], "train", None, {"train": [place.path.as_posix()]})


def _builder(place: Place, config: str | None) -> DatasetBuilder:
    """Let ``datasets`` find the files; every way it fails becomes an error of ours."""
    import datasets
    from datasets.data_files import EmptyDatasetError
    from datasets.exceptions import DataFilesNotFoundError

    path = f"hf://datasets/{place.name}" if place.kind == "hub" else str(place.path)
    try:
        with _no_download_count():
            return datasets.load_dataset_builder(path, config, revision=place.revision, token=place.token)
    except (EmptyDatasetError, DataFilesNotFoundError) as error:
        raise _nothing_there(place) from error
    except RuntimeError as error:
        raise _needs_code(place, error) from error
    except ValueError as error:
        raise _wrong_config(place, config, error) from error
    except Exception as error:  # the library lets its own, the Hub client's and fsspec's errors through
        raise _unreadable(place, error) from error


@contextmanager
def _no_download_count() -> Iterator[None]:
    """Keep ``datasets`` from reporting the name of the data set to a server that is not the Hub."""
    import datasets

    before = datasets.config.HF_UPDATE_DOWNLOAD_COUNTS
    datasets.config.HF_UPDATE_DOWNLOAD_COUNTS = False
    try:
        yield
    finally:
        datasets.config.HF_UPDATE_DOWNLOAD_COUNTS = before


def _nothing_there(place: Place) -> DatasetError:
    where = "Folder" if place.kind == "folder" else "Data set"
    fix = "name a folder with one sub-folder of images a class, or a table that lists images"
    return DatasetError(f"{where} {place.name!r} holds no images", "no image, Parquet or CSV file was found in it", _or_hub(place, fix))


def _needs_code(place: Place, error: RuntimeError) -> DatasetError:
    why = "it is a script, and hubscore runs no code from a data set" if "scripts" in str(error) else str(error)
    fix = f"use the Hub's Parquet copy: {place.name}@refs/convert/parquet" if place.kind == "hub" else "point at the data files instead"
    return DatasetError(f"Data set {place.name!r} cannot be read", why, fix)


def _wrong_config(place: Place, config: str | None, error: ValueError) -> HubscoreError:
    import datasets

    path = f"hf://datasets/{place.name}" if place.kind == "hub" else str(place.path)
    try:
        with _no_download_count():
            names = datasets.get_dataset_config_names(path, revision=place.revision, token=place.token)
    except Exception:  # then it was not the configuration, and the first error says more
        names = []
    if config in names or (config is None and len(names) < 2):
        return _unreadable(place, error)
    what = f"Data set {place.name!r} has several configurations" if config is None else f"Data set {place.name!r} has no {config!r}"
    return UsageError(what, f"its configurations are {', '.join(names)}", f"--config {names[0]}" if names else "leave --config out")


def _unreadable(place: Place, error: Exception) -> HubscoreError:
    told = recognise(error, place.name, kind="dataset") if place.kind == "hub" else None
    if told is not None:
        return told
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return DatasetError(f"Data set {place.name!r} cannot be read", lines[0], _or_hub(place, "check its README.md and file names"))


def _or_hub(place: Place, fix: str) -> str:
    return f"{fix}; the local folder was taken because it exists, for the Hub's data set type {place.also}" if place.also else fix


def _inside(place: Place, file: str) -> str:
    """Turn what ``datasets`` resolved into a path in the repo, or leave a local path as it is."""
    if place.kind != "hub":
        return str(file)
    return str(file).removeprefix(f"hf://datasets/{place.name}@{place.revision}/")


def _split(place: Place, names: list[str], split: str | None) -> str:
    if split in names:
        return str(split)
    if split is None and ("train" in names or len(names) == 1):
        return "train" if "train" in names else names[0]
    what = f"Data set {place.name!r} has no split {split!r}" if split else f"Data set {place.name!r} has several splits and none is 'train'"
    raise UsageError(what, f"its splits are {', '.join(names)}", f"--split {names[0]}")

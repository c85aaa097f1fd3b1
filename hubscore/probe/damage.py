"""Damaged files in ways that no reader foresees: whatever the libraries below raise becomes an error that says why."""

from __future__ import annotations

import lzma
import os
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

from hubscore.errors import DatasetError

_DAMAGE = (
    pa.ArrowException,
    zlib.error,
    lzma.LZMAError,
    tarfile.TarError,
    zipfile.BadZipFile,
    struct.error,
    EOFError,
    UnicodeError,
    OverflowError,
    RecursionError,
)


@contextmanager
def damage_named(dataset: str | os.PathLike[str]) -> Iterator[None]:
    """Turn what readers of formats raise over damaged files into an error of the data set.

    Args:
        dataset: its name.

    Raises:
        DatasetError: a file is damaged.
    """
    try:
        yield
    except (*_DAMAGE, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:  # the system's word, not that of a format's reader
            raise
        reason = next(iter(str(error).splitlines()), "") or type(error).__name__
        fix = "check that its files are whole, or make them again"
        raise DatasetError(f"Data set {os.fspath(dataset)!r} cannot be read", reason, fix) from error

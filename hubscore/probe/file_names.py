"""Names of files that a table or an archive mentions: whether a file can have them, and whether it lies inside."""

from __future__ import annotations

import os
import posixpath


def nameable(name: str) -> str:
    """Return a name that a file can have.

    Raises:
        ValueError: none can have it.
    """
    if "\0" in name:
        raise ValueError(f"{name!r} is no name of a file")
    return name


def inside(folder: str, name: str) -> str:
    """Join a folder and a name in it, and refuse what would lead out of the data set."""
    path = posixpath.normpath(posixpath.join(folder, nameable(name)))
    if path.startswith(("/", "..")) or "://" in name or os.path.isabs(name):
        raise ValueError(f"{name!r} lies outside the data set")
    return path

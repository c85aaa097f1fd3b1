"""Listing the files below a folder of this machine: regular files, links under their own names, no endless circles."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Listing:
    """What lies below a folder.

    Attributes:
        paths: of every regular file, below the root, sorted.
        broken: links that lead nowhere, pipes and sockets.
        closed: folders that may not be read.
        twice: folders that are listed under another name as well, each with that name.
        folders: all there are below the root.
    """

    paths: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    twice: list[tuple[str, str]] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)


def list_files(root: Path) -> Listing:
    """List what lies below a folder; links are followed.

    A folder that several links lead to is listed under each, because their names may be those of classes. Of a link and
    the folder's own place only one is listed: the link, unless it stands farther down.
    """
    found = Listing()
    places: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    files: dict[str, list[str]] = {}
    pending: list[tuple[str, bool, tuple[str, ...]]] = [("", False, (os.path.realpath(root),))]
    while pending:
        below, linked, chain = pending.pop()
        places[chain[-1]].append((below, linked))
        files[below] = []
        try:
            entries = sorted(os.scandir(root / below), key=lambda entry: entry.name)
        except OSError:
            found.closed.append(below or ".")
            continue
        for entry in entries:
            path = f"{below}/{entry.name}" if below else entry.name
            if entry.is_dir():
                real = os.path.realpath(entry.path)
                if real not in chain:
                    pending.append((path, linked or entry.is_symlink(), (*chain, real)))
            elif entry.is_file():
                files[below].append(path)
            else:
                found.broken.append(path)
    dropped = _dropped(places, found)
    found.paths = sorted(path for below, paths in files.items() if below not in dropped for path in paths)
    found.folders = sorted(filter(None, files.keys() - dropped))
    found.broken.sort()
    return found


def _dropped(places: dict[str, list[tuple[str, bool]]], found: Listing) -> set[str]:
    """Choose among the names of each folder."""
    dropped = set()
    for names in places.values():
        own = [below for below, linked in names if not linked]
        links = sorted(below for below, linked in names if linked)
        by_link = links and (not own or _are_nearer(links, own[0]))
        kept = links if by_link else own
        dropped |= {below for below, _ in names} - set(kept)
        found.twice += [(other, min(below for below, _ in names)) for other in sorted(below for below, _ in names)[1:]]
    return dropped


def _are_nearer(links: Sequence[str], own: str) -> bool:
    """Whether a link stands as near to the root as the folder that it leads to, or nearer."""
    return min(link.count("/") for link in links) <= own.count("/")


def listing_notes(listing: Listing) -> list[str]:
    """Say what a listing leaves out or holds twice, of what is not hidden."""
    notes = []
    for names, what in (
        (listing.broken, "broken links or no regular files"),
        (listing.closed, "folders that may not be read"),
    ):
        shown = [name for name in names if not any(part.startswith(".") for part in name.split("/") if part != ".")]
        if shown:
            more = f" and {len(shown) - 3} more" if len(shown) > 3 else ""
            notes.append(f"left out, {what}: {', '.join(shown[:3])}{more}")
    notes += [f"{other}/ and {first}/ are the same folder" for other, first in listing.twice[:3]]
    return notes

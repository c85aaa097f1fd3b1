"""A cache that cannot be written to is read all the same: a run looks at it through a temporary folder of links."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from hubscore.candidates.eviction import FOLDER as EVICT
from hubscore.errors import ErrorCode, StorageError
from hubscore.extract.cache import FeatureCache
from hubscore.extract.cache_files import HALF_WRITTEN
from hubscore.extract.candidate_locks import ENDING as LOCK


def usable_cache(cache: FeatureCache, announce: Callable[[StorageError], object]) -> FeatureCache:
    """Return a cache that is ready: the one given, or where that takes no more files, one over it for this run alone.
    Where its disk is full later, it goes on in memory.

    Args:
        cache: as it was chosen.
        announce: told why nothing is kept.

    Raises:
        StorageError: the cache cannot be used.
    """
    try:
        cache.trouble = announce
        cache.prepare()
        return cache
    except StorageError as error:
        if error.code != ErrorCode.READ_ONLY:
            raise
        announce(error)
        try:
            return _over(cache.root)
        except (OSError, StorageError):  # no place for temporary files either: what is new stays in memory
            cache.trouble = lambda error: None  # it is said already
            return cache


def _over(root: Path) -> FeatureCache:
    temporary = tempfile.TemporaryDirectory(prefix="hubscore-cache-")
    overlay(root, Path(temporary.name))
    over = FeatureCache(temporary.name)
    over.lifetime = temporary
    over.prepare()
    return over


def overlay(root: Path, over: Path) -> None:
    """Fill an empty folder with links to the files of another; what is written or removed there leaves the other as it
    is.

    Args:
        root: what is read; what may not be read is left out.
        over: where it can be written.
    """
    for folder, folders, names in os.walk(root):  # does not follow links, and passes over what may not be read
        folders[:] = [one for one in folders if one != EVICT]  # whose locks would be others here
        place = over / Path(folder).relative_to(root)
        place.mkdir(parents=True, exist_ok=True)
        for name in names:
            if not name.endswith((HALF_WRITTEN, LOCK)):
                (place / name).symlink_to(Path(folder).absolute() / name)

"""Files written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hubscore.errors import StorageError
from hubscore.text import clean


def write_atomically(target: Path, content: bytes) -> None:
    """Write a file beside its place, then move it there.

    Raises:
        StorageError: the disk is full, or the place is not writable.
    """
    temporary = None
    try:
        with tempfile.NamedTemporaryFile(
            dir=target.absolute().parent, prefix=f".{target.name}.", delete=False
        ) as handle:
            temporary = Path(handle.name)
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.chmod(_permissions())
        temporary.replace(target)
    except OSError as error:
        raise StorageError(
            f"Cannot write '{clean(target)}'",
            error.strerror or str(error),
            "free some space, or name another place that you may write to",
        ) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _permissions() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask

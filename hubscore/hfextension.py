"""`hf hubscore`: the manifest by which the `hf` command finds the hubscore that is installed here."""

from __future__ import annotations

import json
import os
import shutil
import sys
import sysconfig
from datetime import UTC, datetime
from pathlib import Path

from hubscore.atomic import write_atomically
from hubscore.errors import StorageError, UsageError
from hubscore.install import REPAIR
from hubscore.text import clean
from hubscore.types import Json

SCRIPT = "hf-hubscore"
OWNER = "-installed-by-pip-"
"""`hf extensions update` asks GitHub for OWNER/hf-hubscore. No GitHub name begins with a hyphen, so nobody can ever
be asked for code.
"""
DESCRIPTION = "Rank Hub checkpoints by how well they should transfer to your data"


def folder() -> Path:
    """Return where `hf` looks for the extension."""
    return Path("~/.local/share/hf/extensions").expanduser() / SCRIPT


def install(*, force: bool = False) -> Path:
    """Tell `hf` about this installation of hubscore; doing so again brings it up to date.

    Args:
        force: also over an extension that `hf extensions install` put there.

    Returns:
        The manifest.

    Raises:
        UsageError: an extension from elsewhere is there.
        StorageError: the manifest cannot be written, or hubscore's own script is missing.
    """
    target = folder() / "manifest.json"
    owner = _owner(target)
    if owner not in (None, OWNER) and not force:
        fix = "hf extensions remove hubscore, or --force"
        raise UsageError("hf hubscore is there already", f"it was installed from {clean(owner)}/{SCRIPT}", fix)
    manifest: Json = {
        "owner": OWNER,
        "repo": SCRIPT,
        "repo_id": f"{OWNER}/{SCRIPT}",
        "short_name": "hubscore",
        "executable_path": str(script()),
        "type": "python",
        "installed_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "description": DESCRIPTION,
        "commit_sha": None,
    }
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"Cannot write into '{target.parent}'", error.strerror or str(error), "check its permissions"
        ) from error
    write_atomically(target, (json.dumps(manifest, indent=2, sort_keys=True) + "\n").encode())
    return target


def uninstall() -> Path | None:
    """Take the extension away again; returns its manifest, or none where there was none.

    Raises:
        UsageError: an extension from elsewhere is there.
        StorageError: it cannot be removed.
    """
    target = folder() / "manifest.json"
    owner = _owner(target)
    if owner is None:
        return None
    if owner != OWNER:
        raise UsageError(
            "hf hubscore is not ours", f"it was installed from {clean(owner)}/{SCRIPT}", "hf extensions remove hubscore"
        )
    try:
        shutil.rmtree(target.parent)
    except OSError as error:
        raise StorageError(
            f"Cannot remove '{target.parent}'", error.strerror or str(error), "check its permissions"
        ) from error
    return target


def script() -> Path:
    """Return the program that `hf hubscore` runs: the one beside the Python that runs now.

    Raises:
        StorageError: there is none.
    """
    name = f"{SCRIPT}.exe" if os.name == "nt" else SCRIPT
    places = [Path(sysconfig.get_path("scripts")) / name, Path(sys.executable).parent / name]
    found = next((place for place in places if place.is_file()), None) or shutil.which(SCRIPT)
    if found is None:
        raise StorageError(f"There is no {SCRIPT}", f"it should lie in {places[0].parent}", REPAIR)
    return Path(found)


def _owner(manifest: Path) -> str | None:
    """Return whose extension is there, none where there is none; a damaged manifest is nobody's."""
    try:
        return str(json.loads(manifest.read_text(encoding="utf-8")).get("owner", OWNER))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, AttributeError):
        return OWNER

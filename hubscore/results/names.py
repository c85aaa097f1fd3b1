"""How models and data sets are called in what is published: folders of somebody's machine by their last name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

HUB_ID = re.compile(r"[\w-][\w.-]*(?:/[\w-][\w.-]*)?", re.ASCII)
NAMELESS = re.compile(r"private-\d+(?:@.*)?")
"""What stands for the name of a model that not everybody can see on the Hub."""


def public_name(row: Mapping[str, Any]) -> str:
    """Return a model's name as it may be published; of a local folder only the last part, with its hash so that two of
    one name stay two.

    Args:
        row: of a saved ranking.

    Example:
        >>> public_name({"model": "/home/me/acme/vit", "revision": "local-0123456789abcdef"})
        'vit@local-01234567'
    """
    model, revision = str(row["model"]), str(row.get("revision") or "")
    return f"{last_name(model, local=True)}@{revision[:14]}" if revision.startswith("local-") else last_name(model)


def last_name(model: str, *, local: bool = False) -> str:
    """Return a Hub id as it is, and of a folder only its last name.

    Args:
        model: the id or path.
        local: it is a folder, even where it looks like a Hub id.
    """
    name = model.partition("@")[0]
    return re.split(r"[/\\]", name.rstrip("/\\"))[-1] if local or not HUB_ID.fullmatch(name) else model

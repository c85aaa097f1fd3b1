"""What a checkpoint calls its own classes, read from its configuration."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hubscore.candidates.repo_info import texts_in
from hubscore.text import parse_json


def read_label_names(folder: Path) -> tuple[str, ...]:
    """Return the names of a checkpoint's classes; empty where its ``config.json`` has none or cannot be read.

    transformers keeps them in ``id2label``, timm in ``label_names``, in the file or in its ``pretrained_cfg``.

    Args:
        folder: that holds at least the configuration.
    """
    try:
        config = parse_json((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):  # whoever loads the checkpoint says so
        return ()
    return label_names(config) if isinstance(config, dict) else ()


def label_names(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the classes that a configuration gives, whatever its owner wrote there.

    Example:
        >>> label_names({"id2label": {"0": "cat", "1": "dog"}}), label_names({"label_names": ["cat", "dog"]})
        (('cat', 'dog'), ('cat', 'dog'))
    """
    if isinstance(names := config.get("id2label"), Mapping):
        return texts_in(list(names.values()))
    source = config.get("pretrained_cfg")
    for part in (config, source if isinstance(source, Mapping) else {}):
        if isinstance(names := part.get("label_names"), (list, tuple)):
            return texts_in(names)
    return ()

"""What the card of a data set says about its configurations, splits and columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from datasets import Features
from datasets.info import DatasetInfosDict  # not documented: pyproject.toml has an upper bound for it
from huggingface_hub import DatasetCardData

from hubscore.errors import DatasetError
from hubscore.probe.files import Files


@dataclass(frozen=True)
class Card:
    """The machine-readable head of a README.

    Attributes:
        configs: by name, the parameters of each configuration: ``data_files``, ``data_dir``, ``sep`` and so on.
        default: the configuration to take when none is named.
        features: by configuration, the columns.
    """

    configs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    default: str | None = None
    features: Mapping[str, Features] = field(default_factory=dict)


def read_card(files: Files, paths: list[str], name: str) -> Card:
    """Read the README, where there is one.

    Args:
        files: of the data set.
        paths: what is there.
        name: of the data set, for messages.

    Returns:
        The card; an empty one when there is no README or it has no head.

    Raises:
        DatasetError: its head cannot be read.
    """
    if "README.md" not in paths:
        return Card()
    text = files.read("README.md").decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
    head = text[4:].partition("\n---")[0] if text.startswith("---\n") else ""
    try:
        fields = yaml.safe_load(head) or {}
        fields = fields if isinstance(fields, dict) else {}
        configs = _configs(fields.get("configs") or [])
        infos = DatasetInfosDict.from_dataset_card_data(DatasetCardData(ignore_metadata_errors=True, **fields))
        features = {config: info.features for config, info in infos.items() if info.features}
        default = _default(configs) or (next(iter(infos)) if len(infos) == 1 else None)
    except (yaml.YAMLError, ValueError, KeyError, TypeError, AttributeError) as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise DatasetError(
            f"The README.md of data set {name!r} cannot be read", lines[0], "fix the part between its --- lines"
        ) from error
    return Card(configs, default, features)


def _configs(entries: Any) -> dict[str, dict[str, Any]]:
    """Return the parameters of each configuration by name."""
    if not isinstance(entries, list):
        raise ValueError(f"its 'configs' should be a list, but it is {entries!r}")
    return {
        str(entry["config_name"]): {key: value for key, value in entry.items() if key != "config_name"}
        for entry in entries
    }


def _default(configs: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Return the configuration to take when none is named: the only one, or the one that is called or marked so."""
    names = [
        name for name, options in configs.items() if len(configs) == 1 or name == "default" or options.get("default")
    ]
    if len(names) > 1:
        raise ValueError(f"it has several default configurations: {', '.join(names)}")
    return names[0] if names else None

"""What the card of a data set says about its configurations, splits and columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml
from datasets import Features
from datasets.info import DatasetInfosDict
from datasets.utils.metadata import MetadataConfigs
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
        found = yaml.safe_load(head) or {}
        data = DatasetCardData(ignore_metadata_errors=True, **found) if isinstance(found, dict) else DatasetCardData()
        configs = MetadataConfigs.from_dataset_card_data(data)
        infos = DatasetInfosDict.from_dataset_card_data(data)
        features = {config: info.features for config, info in infos.items() if info.features}
        default = configs.get_default_config_name() or (next(iter(infos)) if len(infos) == 1 else None)
    except (yaml.YAMLError, ValueError, KeyError, TypeError, AttributeError) as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise DatasetError(
            f"The README.md of data set {name!r} cannot be read", lines[0], "mend the part between its --- lines"
        ) from error
    return Card(configs, default, features)

"""How networks are run, for what runs them beside `rank`: the model space and layer selection."""

from __future__ import annotations

import os
from dataclasses import dataclass

from hubscore.run.rank import BUDGET_GB


@dataclass(frozen=True)
class Running:
    """How networks are run: as the options of `hubscore rank` of the same names.

    Attributes:
        device: ``auto``, ``cpu``, ``cuda``, ...
        batch_size: chosen by memory otherwise.
        input_size: pixels a side, for networks that accept another size.
        budget_gb: most gigabytes of checkpoints downloaded without asking.
        yes: download more than that.
        evict: delete what was downloaded of a checkpoint once it has run.
        cache_dir: where features and maps are kept.
        token: for the Hub; the saved one by default.
    """

    device: str = "auto"
    batch_size: int | None = None
    input_size: int | None = None
    budget_gb: float = BUDGET_GB
    yes: bool = False
    evict: bool = False
    cache_dir: str | os.PathLike[str] | None = None
    token: str | bool | None = None

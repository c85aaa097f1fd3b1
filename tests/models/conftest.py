"""Tiny checkpoints, each written once a session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Returns the folder of a transformers checkpoint of a kind, or of a timm one by ``timm/<architecture>``; not to
    be changed.
    """
    from models.checkpoints import save_timm, save_transformers

    places: dict[str, Path] = {}

    def folder(kind: str) -> Path:
        if kind not in places:
            place = tmp_path_factory.mktemp("net")
            library, _, name = kind.rpartition("/")
            places[kind] = save_timm(place, name) if library == "timm" else save_transformers(place, kind)
        return places[kind]

    return folder

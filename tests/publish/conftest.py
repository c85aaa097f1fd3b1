"""A made-up ranking of models on the session's Hub, and clients of the people that tests/hubfixture.py names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from publishscene import Scene, made_up

from hubscore.types import Ranking


@pytest.fixture
def ranking_of() -> Callable[..., Ranking]:
    """Make a ranking of named models."""
    return made_up


@pytest.fixture
def ranking() -> Ranking:
    """Twelve models of an organisation that nobody owns here; the data set is not on any Hub."""
    return made_up([f"zoo/net-{number}" for number in range(12)])


@pytest.fixture
def as_user(hub: Any) -> Callable[[str], Any]:
    """The client of one person."""
    from huggingface_hub import HfApi

    return lambda name: HfApi(endpoint=hub.url, token=f"hf_{name}")


@pytest.fixture(autouse=True)
def own_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is remembered about pull requests, for one test only."""
    monkeypatch.setenv("HUBSCORE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "publish" / "pull-requests.json"


@pytest.fixture
def scene(hub: Any, as_user: Any) -> Any:
    """Everything that publishing to cards needs; no failure is planned any more afterwards."""
    made = Scene(hub)
    made.publish_record(as_user("bob"))
    yield made
    hub.faults.clear()

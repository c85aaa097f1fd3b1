"""A Hub of its own for tests that count requests or must see only their own repos."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping

import pytest
from candidates.repos import Files
from hubfixture import add_model
from huggingface_hub import HfApi

from hubscore.localhub import RunningHub, serve

TOKEN = "hf_ann"
USERS = {
    "users": {"ann": {"token": TOKEN}},
    "repos": {
        "models/org/gated": {"gated": "manual"},
        "models/org/granted": {"gated": "auto", "access": ["ann"]},
        "models/ann/private": {"private": True},
    },
}


@pytest.fixture(scope="session")
def shelf_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """A Hub that one test at a time fills; ``org/gated``, ``org/granted`` (open to ann) and ``ann/private`` are what
    they say.
    """
    with serve(tmp_path_factory.mktemp("shelf"), users=USERS) as running:
        yield running


@pytest.fixture
def shelf(shelf_hub: RunningHub) -> Callable[[Mapping[str, Files]], RunningHub]:
    """Replace what is on the Hub by the given model repos, with an empty log and no faults."""

    def fill(repos: Mapping[str, Files]) -> RunningHub:
        shutil.rmtree(shelf_hub.root / "models", ignore_errors=True)
        for repo_id, files in repos.items():
            add_model(shelf_hub.root, repo_id, files)
        shelf_hub.faults.clear()
        shelf_hub.log.clear()
        return shelf_hub

    return fill


def client(hub: RunningHub, *, token: str | bool = False) -> HfApi:
    """The real client for one Hub."""
    return HfApi(endpoint=hub.url, token=token)


def requests(hub: RunningHub, path: str = "/api/models") -> list[str]:
    """What was asked below ``path``."""
    return [asked for _, asked, _, _ in hub.log if asked.startswith(path)]

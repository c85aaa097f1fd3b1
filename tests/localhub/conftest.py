"""Clients of the people that tests/hubfixture.py names."""

from collections.abc import Callable

import pytest
from huggingface_hub import HfApi


@pytest.fixture
def as_user(hub) -> Callable[[str | None], HfApi]:
    """The client of one person; None for a stranger."""
    return lambda name: HfApi(endpoint=hub.url, token=f"hf_{name}" if name else False)


@pytest.fixture
def alice(as_user) -> HfApi:
    """Owns alice/ and writes lab/."""
    return as_user("alice")


@pytest.fixture
def bob(as_user) -> HfApi:
    """Owns bob/ and only reads lab/."""
    return as_user("bob")

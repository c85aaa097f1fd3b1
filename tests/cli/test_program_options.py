import os

import pytest

from hubscore.cli.program_options import ProgramOptions
from hubscore.errors import UsageError


@pytest.fixture(autouse=True)
def as_before(monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "before")
    monkeypatch.setenv("HUBSCORE_VERBOSITY", "")


def test_the_token_holds_for_this_process_and_those_it_starts():
    ProgramOptions().apply()
    assert os.environ["HF_TOKEN"] == "before"
    ProgramOptions(token=" hf_mine ").apply()
    assert os.environ["HF_TOKEN"] == "hf_mine"


def test_an_empty_token_is_refused():
    with pytest.raises(UsageError, match=r"--token is empty\nTry: hf auth login"):
        ProgramOptions(token=" ").apply()

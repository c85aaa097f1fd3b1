import logging
import os

import pytest

from hubscore.cli.verbosity import VARIABLE, current, verbosity
from hubscore.errors import UsageError

NAMES = (
    "hubscore",
    "huggingface_hub",
    "transformers",
    "datasets",
    "timm",
    "accelerate",
    "httpx",
    "httpcore",
    "filelock",
)


@pytest.fixture(autouse=True)
def as_before(monkeypatch):
    for name in (VARIABLE, "HF_DEBUG", "HF_HUB_VERBOSITY", "TRANSFORMERS_VERBOSITY", "DATASETS_VERBOSITY"):
        monkeypatch.setenv(name, "")
    before = {name: (logging.getLogger(name).level, list(logging.getLogger(name).handlers)) for name in NAMES}
    yield
    for name, (level, handlers) in before.items():
        logging.getLogger(name).setLevel(level)
        logging.getLogger(name).handlers[:] = handlers


def test_the_variable_and_the_option_mean_the_same(monkeypatch):
    assert current() == 0 and verbosity(None) == 0 and not os.environ["HF_HUB_VERBOSITY"]
    for word, level in (("info", 1), ("2", 2), (" DEBUG ", 2), ("warning", 0)):
        monkeypatch.setenv(VARIABLE, word)
        assert current() == level
    assert verbosity(1) == 1 and os.environ[VARIABLE] == "info" and os.environ["TRANSFORMERS_VERBOSITY"] == "info"


def test_requests_and_tracebacks_come_with_the_second_v():
    verbosity(1)
    assert logging.getLogger("transformers").level == logging.INFO and not os.environ["HF_DEBUG"]
    verbosity(2)
    assert os.environ["HF_DEBUG"] == "1" and logging.getLogger("httpx").level == logging.DEBUG


def test_another_word_is_refused(monkeypatch):
    monkeypatch.setenv(VARIABLE, "loud")
    with pytest.raises(UsageError, match=r"HUBSCORE_VERBOSITY is 'loud'.*\nTry: HUBSCORE_VERBOSITY=info"):
        verbosity(None)

"""How much libraries say on stderr: errors by default, what they do with -v, requests and tracebacks with -vv."""

from __future__ import annotations

import logging
import os
import sys

from hubscore.errors import UsageError
from hubscore.text import clean

LEVELS = {"error": 0, "info": 1, "debug": 2}
VARIABLE = "HUBSCORE_VERBOSITY"
_OF_HUGGING_FACE = ("huggingface_hub", "transformers", "datasets")
"""They write to stderr by themselves, at the level of a variable each."""
_LOGGERS = ("hubscore", "timm", "accelerate")
_OF_DEBUG = ("httpx", "httpcore", "filelock")


def verbosity(asked: int | None) -> int:
    """Set the level, keep it for the processes that this one starts, and return it.

    Args:
        asked: 0, 1 or 2; by default what HUBSCORE_VERBOSITY says.

    Raises:
        UsageError: the variable has another word.
    """
    level = asked if asked is not None else current()
    if level == 0:
        return 0
    os.environ[VARIABLE] = {number: word for word, number in LEVELS.items()}[level]
    if level == LEVELS["debug"]:
        os.environ["HF_DEBUG"] = "1"
    # Libraries read these when they are imported, which comes later.
    for name in ("HF_HUB_VERBOSITY", "TRANSFORMERS_VERBOSITY", "DATASETS_VERBOSITY"):
        os.environ[name] = "debug" if level == LEVELS["debug"] else "info"
    _listen(logging.DEBUG if level == LEVELS["debug"] else logging.INFO, level)
    return level


def current() -> int:
    """Return the level that HUBSCORE_VERBOSITY asks for: 0, 1 or 2.

    Raises:
        UsageError: it has another word.
    """
    word = os.environ.get(VARIABLE, "").strip().lower() or "error"
    if word in ("0", "1", "2"):
        return int(word)
    if word == "warning":
        return 0
    if word not in LEVELS:
        raise UsageError(
            f"{VARIABLE} is '{clean(word)}'", f"it is {', '.join(LEVELS)}, or 0, 1, 2", f"{VARIABLE}=info, or unset it"
        )
    return LEVELS[word]


def _listen(threshold: int, level: int) -> None:
    for name in _OF_HUGGING_FACE:
        logging.getLogger(name).setLevel(threshold)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
    for name in (*_LOGGERS, *(_OF_DEBUG if level == LEVELS["debug"] else ())):
        logger = logging.getLogger(name)
        logger.setLevel(threshold)
        if not any(isinstance(one, logging.StreamHandler) for one in logger.handlers):
            logger.addHandler(handler)

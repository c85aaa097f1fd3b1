"""What is wrong with a value that the parser refused, in words of our own."""

from __future__ import annotations

import inspect
from enum import Enum
from typing import Any, get_args

from hubscore.errors import UsageError
from hubscore.text import clean


def in_our_words(error: Exception) -> UsageError | None:
    """Return what an option takes and what to type, for a value that it cannot read; none where the parser's words do.

    Args:
        error: of the parser. Its cause, pydantic's, has a code and the value.
    """
    parameter, context = getattr(error, "param", None), getattr(error, "ctx", None)
    list_errors = getattr(error.__cause__, "errors", None)
    if parameter is None or context is None or list_errors is None:
        return None
    found = list_errors()[0]
    flag, value, default = max(parameter.opts, key=len), clean(found.get("input")), parameter.default
    if not flag.startswith("-"):
        flag = parameter.metavar or flag.upper()
    usual = f"{flag} {default}" if isinstance(default, (int, float)) else f"{context.command_path} --help"
    if found["type"] in _NUMBERS:
        return UsageError(f"{flag} takes {_NUMBERS[found['type']]}", f"it is '{value}'", usual)
    if found["type"] == "greater_than_equal":
        return UsageError(f"{flag} must be at least {found['ctx']['ge']:g}", f"it is {value}", usual)
    words = _choices(context.command.callback, parameter.name)
    if not words:
        return None
    from hubscore.hub.near_names import near_words

    near = next(iter(near_words(value, words)), words[0])
    return UsageError(f"There is no {flag} '{value}'", f"it is {', '.join(words)}", f"{flag} {near}")


_NUMBERS = {
    **dict.fromkeys(("int_parsing", "int_from_float", "int_type"), "a whole number"),
    **dict.fromkeys(("float_parsing", "float_type"), "a number"),
}
"""By pydantic's codes."""


def _choices(verb: Any, name: str) -> tuple[str, ...]:
    """Return the words that an option takes, where these are few."""
    annotation = inspect.signature(verb).parameters[name].annotation
    inner = [annotation, *get_args(annotation)]
    inner += [part for one in inner for part in get_args(one)]
    kinds = [one for one in inner if isinstance(one, type) and issubclass(one, Enum)]
    return tuple(str(member.value) for kind in kinds[:1] for member in kind)

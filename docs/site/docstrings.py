"""What Griffe, which reads the code without running it, must be told about hubscore's docstrings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import griffe

EXAMPLE = re.compile(r"^Example:$", re.MULTILINE)
ROLE = re.compile(r":(?:attr|class|data|exc|func|meth|mod):`~?([^`]+)`")


def readable(text: str) -> str:
    """Write Sphinx's roles as plain code, and one example as Griffe wants to see examples."""
    return ROLE.sub(r"`\1`", EXAMPLE.sub("Examples:", text))


class Docstrings(griffe.Extension):
    """Makes docstrings readable, and takes signatures that a decorator makes from the running function.

    Args:
        running: functions that ``takes_options`` gives keywords which their code does not show.
    """

    def __init__(self, running: Sequence[str] = ()) -> None:
        super().__init__()
        self._running = running

    def on_instance(self, *, obj: griffe.Object, **_: Any) -> None:
        """Called for every module, class, function and attribute."""
        if obj.docstring is not None:
            obj.docstring.value = readable(obj.docstring.value)

    def on_function_instance(self, *, func: griffe.Function, **_: Any) -> None:
        """Called for every function."""
        if func.path not in self._running:
            return
        made = getattr(import_module(func.module.path), func.name)
        func.docstring = griffe.Docstring(readable(inspect.getdoc(made) or ""), parent=func)
        func.parameters = griffe.Parameters(
            *(
                griffe.Parameter(
                    one.name,
                    annotation=None if one.annotation is one.empty else str(one.annotation),
                    kind=griffe.ParameterKind(one.kind.description),
                    default=None if one.default is one.empty else repr(one.default),
                )
                for one in inspect.signature(made).parameters.values()
            )
        )

"""Examples at the end of a verb's help page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Verb = TypeVar("Verb", bound=Callable[..., Any])


def with_examples(*lines: str) -> Callable[[Verb], Verb]:
    """Add examples to a verb's help page; they stand in ``epilog``, where the program looks for them.

    Example:
        >>> @with_examples("hubscore scores", "hubscore scores logme")
        ... def scores(): ...
        >>> scores.epilog.splitlines()[-1]
        'hubscore scores logme'
    """

    def decorate(verb: Verb) -> Verb:
        verb.__dict__["epilog"] = "\n\n".join(("[bold]Examples[/bold]", *lines))
        return verb

    return decorate

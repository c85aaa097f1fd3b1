"""Examples at the end of a help page, in lines that can be copied from a terminal of 80 columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

Verb = TypeVar("Verb", bound=Callable[..., Any])
WIDTH = 78
"""Columns of a terminal, less the margins of a help page."""
_NOTE = re.compile(r"\s*\[dim\]# (.*)\[/dim\]$")


def with_examples(*lines: str) -> Callable[[Verb], Verb]:
    """Add examples to a verb's help page; they stand in ``epilog``, where the program looks for them.

    Example:
        >>> @with_examples("hubscore scores", "hubscore scores logme")
        ... def scores(): ...
        >>> scores.epilog.splitlines()[-1]
        'hubscore scores logme'
    """

    def decorate(verb: Verb) -> Verb:
        verb.__dict__["epilog"] = examples(*lines)
        return verb

    return decorate


def examples(*lines: str, more: str = "") -> str:
    """Return what stands at the end of a help page.

    Args:
        lines: command lines, each with a note in ``[dim]# ...[/dim]`` behind it or without.
        more: where to read on.
    """
    parts = ["[bold]Examples[/bold]", *(wrapped(line) for line in lines)]
    return "\n\n".join([*parts, "[bold]Learn more[/bold]", more] if more else parts)


def wrapped(line: str) -> str:
    r"""Return a command line that a shell still reads as one when it is copied: broken before options, by backslashes,
    its note above it where there is no room behind it.

    Example:
        >>> print(wrapped("hubscore rank ./photos --models timm/resnet50.a1_in1k facebook/dinov2-small --out a.html"))
        hubscore rank ./photos --models timm/resnet50.a1_in1k facebook/dinov2-small \
            --out a.html
    """
    note = _NOTE.search(line)
    command = line[: note.start()] if note else line
    if note and len(command) + len(note[1]) + 4 <= WIDTH:
        return f"{command}  [dim]# {note[1]}[/dim]"
    above = f"[dim]# {note[1]}[/dim]\n" if note else ""
    return above + " \\\n    ".join(_rows(command))


def _rows(command: str) -> Iterator[str]:
    """Yield the rows of a command line, broken where an option begins, or else at a word."""
    row, room = "", WIDTH - 2
    for part in re.findall(r"\S+(?: +[^-\s]\S*)*", command):
        for word in [part] if len(part) <= room - 4 else part.split():
            if row and len(row) + 1 + len(word) > room:
                yield row
                row, room = word, WIDTH - 6
            else:
                row = f"{row} {word}".strip()
    yield row

"""Pieces of HTML that several views share; what they are given is escaped already, except for labels."""

from __future__ import annotations

from collections.abc import Iterable

from text import h


def table(kind: str, head: str, body: str, *, label: str = "", fit: bool = True) -> str:
    """Return a table that scrolls sideways in a box of its own; one with a label can be scrolled by keyboard."""
    reach = f' tabindex="0" role="region" aria-label="{h(label)}, scrolls sideways"' if label else ""
    made = f'<table class="{kind}"><thead>{head}</thead><tbody>{body}</tbody></table>'
    return f'<div class="scroll{" fit" if fit else ""}"{reach}>{made}</div>'


def columns(names: Iterable[str], *, slanted: bool = False) -> str:
    """Return the header cells of columns, with an empty one before slanted ones; what is empty is no header."""
    wrapped = (f"<span>{name}</span>" if slanted else name for name in names)
    cells = "".join(f"<th scope=col>{name}</th>" if name else "<td></td>" for name in wrapped)
    return f"<tr>{'<td></td>' if slanted else ''}{cells}</tr>"


def nothing(title: str, *paragraphs: str) -> str:
    """Return a box that says what is not there, and what would change that; a paragraph may be a command."""
    told = "".join(text if text.startswith("<pre>") else f"<p>{text}</p>" for text in paragraphs)
    above = f'<p class="lead"><b>{title}</b></p>' if title else ""
    return f'<div class="empty">{above}{told}</div>'

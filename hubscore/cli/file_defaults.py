"""A default of a file that does not fit a command is left out of it; only what was typed is refused."""

from __future__ import annotations

from typing import Any

import typer

from hubscore.errors import UsageError

FILE = "DEFAULT_MAP"
"""What the parser calls a value that a file gave."""


def give_up(context: Any, refused: UsageError) -> str | None:
    """Put the verb's own default in place of one that a file gave and that was refused, and return the option's name;
    none where all that was refused was typed.

    Args:
        context: of the parser, with the values of one command.
        refused: its detail ``options`` names what does not go together, as flags or as names of values.
    """
    named = refused.details.get("options")
    words = [str(one) for one in named] if isinstance(named, (list, tuple)) else []
    for word in words:
        for one in context.command.params:
            there = getattr(context.get_parameter_source(one.name), "name", "") == FILE
            if there and (word == one.name or word in (*one.opts, *one.secondary_opts)):
                context.default_map = {name: value for name, value in context.default_map.items() if name != one.name}
                context.params.pop(one.name, None)
                one.handle_parse_result(context, {}, [])
                return str(max(one.opts, key=len)).lstrip("-")
    return None


def tell(context: Any, name: str, refused: UsageError) -> None:
    """Say on stderr that a default does not hold for this command, and why; not in quiet mode."""
    quiet = context.params.get("quiet") or str(context.params.get("format")) == "quiet"
    if not quiet:
        why = ": ".join(part for part in (refused.what, refused.why) if part)
        typer.echo(f"The default of {name} is not used: {why}", err=True)

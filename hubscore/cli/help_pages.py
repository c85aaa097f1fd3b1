"""Help pages as those of `hf`: flags without a type, `--help` beside what every command has, verbs in groups."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup

from hubscore.cli.program_options import PROGRAM

FIND, JUDGE, SHARE, HERE = "Find a checkpoint", "Judge", "Share", "This machine"
"""Groups of verbs, in their order."""


class Command(TyperCommand):
    """A verb."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return its parameters, ``--help`` among what every command has."""
        found = plain(super().get_params(ctx))
        for one in found:
            if one.name == "help":
                one.rich_help_panel = PROGRAM
        return found


class Group(TyperGroup):
    """A verb that has verbs, and the program itself."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return its parameters."""
        return plain(super().get_params(ctx))


def plain(parameters: list[Any]) -> list[Any]:
    """Take the type away from what has no value to type."""
    for one in parameters:
        if getattr(one, "is_flag", False) and one.metavar is None:
            one.metavar = ""
    return parameters

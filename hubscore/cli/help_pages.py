"""Verbs as those of `hf`: in groups, flags without a type, `--help` beside what every command has."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup

from hubscore.cli.file_defaults import give_up, tell
from hubscore.cli.program_options import PROGRAM
from hubscore.errors import UsageError

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

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read its options; an error says whose they are."""
        try:
            return super().parse_args(ctx, args)
        except Exception as error:
            if getattr(error, "ctx", ctx) is None:
                error.ctx = ctx  # type: ignore[attr-defined]
            raise

    def invoke(self, ctx: Any) -> Any:
        """Run it; without a file's default where that is refused."""
        while True:
            try:
                return super().invoke(ctx)
            except UsageError as refused:
                name = give_up(ctx, refused)
                if name is None:
                    raise
                tell(ctx, name, refused)


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

"""Gives verbs the options that several share: read off the option classes, in one order, with one help text."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, ClassVar, TypeVar, get_args

import typer

from hubscore.cli.output import Output
from hubscore.cli.program_options import PROGRAM, ProgramOptions
from hubscore.run.keywords import Option, Options, declared, option
from hubscore.run.options import CANDIDATES, DATA, EVIDENCE, LIMITS, RESULTS

Result = TypeVar("Result")
FIRST, LAST = (DATA, CANDIDATES, EVIDENCE), (LIMITS, RESULTS, PROGRAM)
"""Panels of a help page; a verb's own stand between."""


class Format(StrEnum):
    """How data is written to stdout, as the `hf` command has it."""

    auto = "auto"
    human = "human"
    agent = "agent"
    json = "json"
    quiet = "quiet"
    table = "table"


@dataclass(frozen=True, kw_only=True)
class OutputOptions(Options):
    """How data is written to stdout; a verb gets the :class:`~hubscore.cli.output.Output` for it.

    Raises:
        UsageError: more than one mode is asked for.
    """

    parameter: ClassVar[str] = "output"

    format: Format = option(
        Format.auto, "How to print: auto, human, agent, json, quiet.", "--format", Format, RESULTS, "MODE"
    )
    json: bool = option(False, "Short for --format json.", "--json", bool, RESULTS)
    quiet: bool = option(False, "Short for --format quiet: one id per line.", "--quiet -q", bool, RESULTS)

    def value(self) -> Output:
        """Return the writer."""
        return Output.chosen(self.format, json=self.json, quiet=self.quiet)


def with_options(
    *classes: type[Options],
    defaults: Mapping[str, Any] | None = None,
    omit: Iterable[str] = (),
    only: Mapping[type[Options], Iterable[str]] | None = None,
) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Add the options of some classes to a verb, which gets one object per class; a verb that writes has those of every
    command too, which hold before it starts.

    Args:
        classes: whose fields become options, in the order in which they stand in a panel.
        defaults: of this verb, where they differ from the class's.
        omit: fields that this verb does not have.
        only: by class the fields that this verb has, where these are few.

    Example:
        >>> @with_options(OutputOptions)
        ... def verb(name: str, *, output: Output) -> None: ...
        >>> list(inspect.signature(verb).parameters)
        ['name', 'format', 'json', 'quiet', 'token', 'verbose', 'debug', 'save_config']
    """
    changed = dict(defaults or {})
    given_too = (ProgramOptions,) if OutputOptions in classes else ()
    shared = {cls: _parameters(cls, changed, set(omit), (only or {}).get(cls)) for cls in (*classes, *given_too)}

    def decorate(verb: Callable[..., Result]) -> Callable[..., Result]:
        objects = {cls.parameter for cls in classes}
        signature = inspect.signature(verb, eval_str=True)
        own = [
            one.replace(kind=inspect.Parameter.KEYWORD_ONLY)
            for name, one in signature.parameters.items()
            if name not in objects
        ]
        listed = _in_order([*own, *(one for parameters in shared.values() for one in parameters)])

        def command(**given: Any) -> Result:
            for cls, parameters in shared.items():
                given[cls.parameter] = _object_of(cls, {one.name: given.pop(one.name) for one in parameters})
            if given_too:
                given.pop(ProgramOptions.parameter).apply()
            return verb(**given)

        command.__name__, command.__doc__, command.__module__ = verb.__name__, verb.__doc__, verb.__module__
        command.__annotations__ = {one.name: one.annotation for one in listed}
        command.__signature__ = signature.replace(parameters=listed)  # type: ignore[attr-defined]
        return command

    return decorate


def _parameters(
    cls: type[Options], defaults: Mapping[str, Any], omit: set[str], only: Iterable[str] | None
) -> list[inspect.Parameter]:
    """Return the parameters that a class's fields become; those without flags are Python's alone."""
    wanted = None if only is None else set(only)
    return [
        _parameter(one.name, about, defaults.get(one.name, one.default))
        for one, about in declared(cls)
        if about.flags and one.name not in omit and (wanted is None or one.name in wanted)
    ]


def _parameter(name: str, about: Option, default: Any) -> inspect.Parameter:
    declaration = typer.Option(
        *about.flags, metavar=about.metavar, min=about.min, help=about.help, rich_help_panel=about.panel
    )
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None if default == () or (default is False and about.kind is not bool) else default,
        annotation=Annotated[about.kind, declaration],
    )


def _object_of(cls: type[Options], values: Mapping[str, Any]) -> object:
    """Make the object that a verb gets; what was left out keeps the class's default."""
    made = cls(**{name: value for name, value in values.items() if value is not None and value != []})
    return made.value() if isinstance(made, OutputOptions) else made


def _in_order(parameters: list[inspect.Parameter]) -> list[inspect.Parameter]:
    """Sort by panel: arguments, data, candidates, evidence, the verb's own, limits, results; within a panel the verb's
    own options stand first.
    """
    panels = [_panel(one) for one in parameters]
    own = [panel for panel in dict.fromkeys(panels) if panel not in (*FIRST, *LAST, "")]
    order = ["", *FIRST, *own, *LAST]
    return [one for _, one in sorted(zip(panels, parameters, strict=True), key=lambda pair: order.index(pair[0]))]


def _panel(parameter: inspect.Parameter) -> str:
    declaration = next(iter(get_args(parameter.annotation)[1:]), None)
    return getattr(declaration, "rich_help_panel", None) or ""

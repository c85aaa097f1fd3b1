"""Options as frozen classes: declared once, keywords of Python functions and options of verbs."""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from difflib import get_close_matches
from typing import Any, ClassVar, TypeVar, cast

from hubscore.errors import UsageError

Result = TypeVar("Result")
Chosen = TypeVar("Chosen", bound="Options")
_METADATA = "option"


@dataclass(frozen=True)
class Option:
    """What a field of an option class says of itself.

    Attributes:
        help: in a sentence, for both the command line and the docstring.
        flags: on the command line; none for what only Python has.
        kind: type on the command line.
        panel: of the help page.
        metavar: what the help page calls the value.
        min: least value.
        needs: field of the same class without which this one says nothing.
        python: in a sentence, where Python needs other words than ``help``.
    """

    help: str
    flags: tuple[str, ...] = ()
    kind: Any = None
    panel: str = ""
    metavar: str | None = None
    min: float | None = None
    needs: str = ""
    python: str = ""


def option(
    default: Any,
    help: str,
    flags: str = "",
    kind: Any = None,
    panel: str = "",
    metavar: str | None = None,
    *,
    min: float | None = None,
    needs: str = "",
    python: str = "",
) -> Any:
    """Return a dataclass field that carries an :class:`Option`; ``flags`` stand in one string with spaces between."""
    return field(
        default=default,
        metadata={_METADATA: Option(help, tuple(flags.split()), kind, panel, metavar, min, needs, python)},
    )


@dataclass(frozen=True, kw_only=True)
class Options:
    """Base of the option classes: checks when it is made that values are within their bounds and say something.

    Raises:
        UsageError: a value is below its bound, or one is given that would change nothing, for want of another.
    """

    parameter: ClassVar[str]
    """Name of the parameter that takes an object of the class."""
    former: ClassVar[Mapping[str, str]] = {}
    """Fields by a name that they had before; as keywords these still work, and warn."""

    def __post_init__(self) -> None:
        for one, about in declared(type(self)):
            value = getattr(self, one.name)
            if about.min is not None and value is not None and value < about.min:
                name = about.flags[0] if about.flags else one.name
                raise UsageError(
                    f"{name} must be at least {about.min:g}",
                    f"it is {value}",
                    f"leave out {name}" if one.default is None else f"{name} {one.default:g}",
                )
        self._check_needs()

    def _check_needs(self) -> None:
        """Refuse what would be ignored."""
        flags = {one.name: about.flags[0] if about.flags else one.name for one, about in declared(type(self))}
        for one, about in declared(type(self)):
            value = getattr(self, one.name)
            if about.needs and value is not None and value != one.default and not getattr(self, about.needs):
                name, other = typed(about, value), flags[about.needs]
                raise UsageError(
                    f"{name} would change nothing", f"it goes with {other}", f"leave out {name}", options=(one.name,)
                )


def typed(about: Option, value: Any) -> str:
    """Return the flag that was typed: of a pair, that of the value."""
    return about.flags[0].split("/")[-1 if value is False else 0]


def declared(cls: type[Options]) -> Iterator[tuple[Field[Any], Option]]:
    """Yield the fields of an option class with what they say of themselves."""
    for one in fields(cls):
        yield one, one.metadata[_METADATA]


def takes_options(
    *classes: type[Options], defaults: Mapping[str, Any] | None = None, omit: tuple[str, ...] = ()
) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Let a function that takes option objects take their fields as keywords too.

    The function sees one object per class, in the parameter that the class names; callers write fields, or objects made
    before. Signature and docstring list every keyword.

    Args:
        classes: whose fields become keywords.
        defaults: of this function, where they differ from the class's.
        omit: fields that are no keywords of this function.

    Example:
        >>> from hubscore.run.options import DataOptions
        >>> @takes_options(DataOptions)
        ... def draw(dataset, *, data):
        ...     return dataset, data.samples
        >>> draw("birds", samples=20)
        ('birds', 20)
        >>> draw("birds", sample=20)
        Traceback (most recent call last):
        TypeError: draw() got an unexpected keyword 'sample'; did you mean 'samples'?
    """
    changed = dict(defaults or {})

    def decorate(function: Callable[..., Result]) -> Callable[..., Result]:
        signature = inspect.signature(function)
        listed = _listed_parameters(signature, classes, changed, omit)
        known = {parameter.name for parameter in listed}

        @functools.wraps(function)
        def call(*args: Any, **given: Any) -> Result:
            for cls in classes:
                _rename(cls, given, function.__name__)
            unknown = next((name for name in given if name not in known), None)
            if unknown is not None:
                near = get_close_matches(unknown, known, n=1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                raise TypeError(f"{function.__name__}() got an unexpected keyword {unknown!r}{hint}")
            for cls in classes:
                given[cls.parameter] = _object_of(cls, given, changed, function.__name__)
            return function(*args, **given)

        call.__signature__ = signature.replace(parameters=listed)  # type: ignore[attr-defined]
        call.__doc__ = _listing(function.__doc__, classes, omit)
        return call

    return decorate


def _listed_parameters(
    signature: inspect.Signature, classes: tuple[type[Options], ...], defaults: Mapping[str, Any], omit: tuple[str, ...]
) -> list[inspect.Parameter]:
    """Return a function's own parameters, the keywords of the option classes, and the objects in place of them."""
    objects = {cls.parameter for cls in classes}
    own = [parameter for name, parameter in signature.parameters.items() if name not in objects]
    keywords = [
        inspect.Parameter(
            one.name, inspect.Parameter.KEYWORD_ONLY, default=defaults.get(one.name, one.default), annotation=one.type
        )
        for cls in classes
        for one, _ in declared(cls)
        if one.name not in omit
    ]
    whole = [
        parameter.replace(default=None, annotation=f"{parameter.annotation} | None")
        for name, parameter in signature.parameters.items()
        if name in objects
    ]
    return [*own, *keywords, *whole]


def _rename(cls: type[Options], given: dict[str, Any], caller: str) -> None:
    """Put keywords that carry a former name under their name of now."""
    for former, name in cls.former.items():
        if former not in given:
            continue
        if name in given:
            raise TypeError(f"{caller}() got both {name!r} and {former!r}, its former name")
        warnings.warn(f"{former!r} is now called {name!r}; the old name will go", DeprecationWarning, stacklevel=3)
        given[name] = given.pop(former)


def _object_of(cls: type[Chosen], given: dict[str, Any], defaults: Mapping[str, Any], caller: str) -> Chosen:
    """Take a class's keywords out of those given, and make the object."""
    known = {one.name for one, _ in declared(cls)}
    own = {name: given.pop(name) for name in list(given) if name in known}
    made = given.get(cls.parameter)
    if made is None:
        return cls(**{**{name: value for name, value in defaults.items() if name in known}, **own})
    if own:
        raise TypeError(f"{caller}() got both {cls.parameter!r} and {next(iter(own))!r}, which is a part of it")
    return cast(Chosen, made)


def _listing(doc: str | None, classes: tuple[type[Options], ...], omit: tuple[str, ...]) -> str | None:
    """Return a Google-style docstring with the keywords at the end of its arguments."""
    if doc is None:  # python -OO
        return None
    plain = inspect.cleandoc(doc)
    lines = [
        f"    {one.name}: {about.python or about.help}"
        for cls in classes
        for one, about in declared(cls)
        if one.name not in omit
    ]
    before, arguments, rest = plain.partition("\nArgs:\n")
    own, blank, after = rest.partition("\n\n")
    return f"{before}{arguments}{own}\n" + "\n".join(lines) + f"{blank}{after}"

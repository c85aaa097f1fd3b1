"""Defaults for any option, from `hubscore.toml` or `[tool.hubscore]` of `pyproject.toml` in the working directory.

A folder may come from anybody, so nothing in such a file can send, spend, run code or change who one is: those options
are refused by name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from hubscore.errors import UsageError
from hubscore.text import clean

NAME = "hubscore.toml"
REFUSED = frozenset(
    {
        *("endpoint", "hf-endpoint", "token", "yes", "trust-remote-code", "remote-code", "open-prs"),
        *("replace-prs", "budget-gb", "isolate"),
        *("on", "jobs", "jobs-repo", "job-image", "job-timeout"),
        *("results-repo", "namespace", "space", "to", "repo", "allow-private-dataset-name", "share-task-vector"),
        *("save-config", "from", "users", "host", "allow-host", "run-jobs", "clear", "payload", "add-map"),
    }
)
"""Names of options that no file in a working directory may set."""
REFUSED_OF = {"retract": frozenset({"all"}), "publish": frozenset({"proxy", "all", "thumbnails", "top"})}
"""By verb, names that a file may set for other verbs: there they mean something else, or send more."""
WRITTEN = frozenset({"out", "save", "save-models", "save-table", "save-truth", "keep", "state"})
"""Options whose values are files or folders that are written."""

_TYPED = {name: ", and say HF_ENDPOINT=https://... before the command" for name in ("endpoint", "hf-endpoint")}
"""What to type in place of what is no option."""


@dataclass(frozen=True)
class Config:
    """What a file says.

    Attributes:
        path: of the file, none where there is none.
        values: by option, for every verb that has it.
        verbs: by verb, its own values.
    """

    path: Path | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    verbs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def read_config(folder: Path) -> Config:
    """Read the file of a folder; ``hubscore.toml`` comes before ``pyproject.toml``.

    Raises:
        UsageError: it is no TOML, or a table is missing its form.
    """
    own, project = folder / NAME, folder / "pyproject.toml"
    for path in (own, project):
        try:
            text = path.read_bytes().decode("utf-8") if path.is_file() else None
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"Cannot read {path.name}", str(error), f"check {path.name}") from error
        if text is None or (path is project and "tool.hubscore" not in text):
            continue
        try:
            data: Any = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise UsageError(f"{path.name} is not TOML", str(error), f"check {path.name}") from error
        table = data if path is own else data.get("tool", {}).get("hubscore", {})
        if not isinstance(table, dict):
            raise UsageError(f"tool.hubscore in {path.name} is no table", "", "[tool.hubscore]")
        values = {key: value for key, value in table.items() if not isinstance(value, dict)}
        return Config(path, values, {key: value for key, value in table.items() if isinstance(value, dict)})
    return Config()


def default_map(config: Config, program: Any) -> dict[str, Any]:
    """Return the defaults by verb, in the form that click reads.

    Args:
        config: what a file says.
        program: the click group with all verbs.

    Raises:
        UsageError: an option that there is not, one that a file may not set, a verb that there is not, or a value that
            cannot be read; each by name.
    """
    if config.path is None:
        return {}
    verbs = dict(verbs_of(program))
    known = {key for command in verbs.values() for key in options_of(command)}
    for key in config.values:
        _check(key, known, config.path, "")
    for name, table in config.verbs.items():
        if name not in verbs:
            near = get_close_matches(name, verbs, 1)
            fix = f"[{near[0]}]" if near else "hubscore --help lists the verbs"
            raise UsageError(f"{config.path.name} has a table '{clean(name)}'", "there is no such verb", fix)
        for key in table:
            _check(key, set(options_of(verbs[name])), config.path, f"of {name}", REFUSED_OF.get(name, frozenset()))
    found: dict[str, Any] = {}
    for name, command in verbs.items():
        options = options_of(command)
        shared = {
            key: value for key, value in config.values.items() if _key(key) in options.keys() - REFUSED_OF.get(name, ())
        }
        values = {**shared, **config.verbs.get(name, {})}
        context = command.make_context(name, [], resilient_parsing=True)
        place = found
        *groups, last = name.split(" ")
        for group in groups:
            place = place.setdefault(group, {})
        for key, value in values.items():
            _check_place(key, value, config.path)
        place[last] = {
            options[_key(key)].name: _value(options[_key(key)], key, value, config.path, context)
            for key, value in values.items()
        }
    return found


def elsewhere(key: str, value: Any, folder: Path) -> str | None:
    """Return the first place that is written and lies outside a folder, none where there is none.

    Args:
        key: name of an option.
        value: its value, or a list of them.
        folder: that may be written below.
    """
    places = value if isinstance(value, (list, tuple)) else (value,)
    top = folder.resolve()
    outside = (str(one) for one in places if not (folder / str(one)).resolve().is_relative_to(top))
    return next(outside, None) if _key(key) in WRITTEN else None


def verbs_of(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield verbs with their names; those of a group as ``history build``."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from verbs_of(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def options_of(command: Any) -> dict[str, Any]:
    """Return a verb's options by their names without dashes in front; arguments are no options."""
    return {
        flag.lstrip("-"): parameter
        for parameter in command.params
        if parameter.param_type_name == "option" and parameter.name != "help"
        for flag in parameter.opts
        if flag.startswith("--")
    }


def _key(name: str) -> str:
    return name.replace("_", "-")


def _check(key: str, known: set[str], path: Path, where: str, refused: Set[str] = frozenset()) -> None:
    name = _key(key)
    if name in REFUSED | refused:
        raise UsageError(
            f"{path.name} sets '{clean(key)}'",
            "a file in a working directory, which may be anybody's, cannot set it",
            f"take it out of {path.name}{_TYPED.get(name, ' and type it' if name in known else '')}",
        )
    if name not in known:
        near = get_close_matches(name, known, 1)
        fix = f"{near[0]} = ..." if near else "hubscore rank --help lists the options"
        raise UsageError(f"{path.name} sets '{clean(key)}'", f"there is no such option {where}".rstrip(), fix)


def _check_place(key: str, value: Any, path: Path) -> None:
    """Refuse what would write outside the folder: it may be anybody's."""
    try:
        place = elsewhere(key, value, path.parent)
    except (OSError, ValueError) as error:  # a name that no file can have
        raise UsageError(f"{path.name} cannot set '{clean(key)}'", str(error), f"check {path.name}") from None
    if place is not None:
        raise UsageError(
            f"{path.name} cannot set '{clean(key)}' to {clean(repr(place))}",
            "it lies outside the folder of that file, which may be anybody's",
            f"take it out of {path.name} and type it",
        )


def _value(parameter: Any, key: str, value: Any, path: Path, context: Any) -> Any:
    """Return a value once it is known that the option can read it."""
    if parameter.multiple and not isinstance(value, list):
        value = [value]
    try:
        if isinstance(value, bool) != bool(parameter.is_flag) or (isinstance(value, list) and not parameter.multiple):
            raise ValueError("true or false" if parameter.is_flag else "not true or false, and no list")
        parameter.process_value(context, value)
    except Exception as error:
        why = str(getattr(error, "message", error))
        what = f"{path.name} cannot set '{clean(key)}' to {clean(repr(value))}"
        raise UsageError(what, why, f"check {path.name}") from None
    return value

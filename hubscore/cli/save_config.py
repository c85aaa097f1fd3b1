"""`--save-config`: what was typed becomes the default of that verb."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hubscore.atomic import write_atomically
from hubscore.cli.config_file import NAME, REFUSED, REFUSED_OF, elsewhere, options_of, verbs_of
from hubscore.errors import UsageError
from hubscore.text import clean

FLAG = "--save-config"


def save_config(arguments: Sequence[str], program: Any, folder: Path) -> str:
    """Write the options of a command line into ``hubscore.toml``, and return what to say.

    Args:
        arguments: the command line without the program's name, in the form that click reads.
        program: the click group with all verbs.
        folder: that holds the file.

    Raises:
        UsageError: a verb that there is not, an option that a file may not set, no option, or defaults that the file
            has already.
        StorageError: the file cannot be written.
    """
    words = [word for word in arguments if word != FLAG]
    verbs = dict(verbs_of(program))
    name = next((name for name in verbs if words[: len(name.split())] == name.split()), None)
    if name is None:
        raise UsageError(f"{FLAG} keeps the options of a verb", "none was typed", f"hubscore rank --seed 1 {FLAG}")
    command = verbs[name]
    context = command.make_context(name, list(words[len(name.split()) :]), resilient_parsing=True)
    typed = {
        key: context.params[one.name]
        for key, one in options_of(command).items()
        if getattr(context.get_parameter_source(one.name), "name", "") == "COMMANDLINE"
        and key == one.opts[0].lstrip("-")
    }
    refused = next((key for key in typed if key in REFUSED | REFUSED_OF.get(name, frozenset())), None)
    if refused is not None:
        raise UsageError(f"{FLAG} cannot keep --{refused}", "no file in a folder may set it", f"leave out --{refused}")
    outside = {key: place for key, value in typed.items() if (place := elsewhere(key, value, folder)) is not None}
    for key, place in outside.items():
        why, fix = "no file in a folder may write elsewhere", f"leave out --{key}"
        raise UsageError(f"{FLAG} cannot keep --{key} {clean(place)}", why, fix)
    if not typed:
        raise UsageError(f"{FLAG} keeps the options of a command", "none was typed", f"hubscore {name} --seed 1 {FLAG}")
    path = folder / NAME
    before = path.read_text("utf-8") if path.exists() else ""
    header = f"[{name if ' ' not in name else json.dumps(name)}]"
    if header in (line.strip() for line in before.splitlines()):
        raise UsageError(f"{NAME} has defaults of {clean(name)} already", "", f"change them under {header} in {NAME}")
    lines = [header, *(f"{key} = {_toml(value)}" for key, value in typed.items())]
    write_atomically(path, f"{before}{chr(10) if before else ''}{chr(10).join(lines)}\n".encode())
    return f"Kept as defaults of hubscore {name} in {NAME}: {', '.join(typed)}"


def _toml(value: Any) -> str:
    """Write a value: strings and lists of JSON are TOML."""
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_toml, value))}]"
    plain = value if isinstance(value, (bool, int, float)) else str(getattr(value, "value", value))
    return json.dumps(plain, ensure_ascii=False)

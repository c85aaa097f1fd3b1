"""Whether what errors advise can be done: command lines parse, options and keywords exist, packages are real.

Nothing is run: each command line is read by the program's own parser, which takes milliseconds.
"""

from __future__ import annotations

import inspect
import re
import shlex
from collections.abc import Iterable, Iterator
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from typing import Any

from advicerecord import Advised

from hubscore.install import INSTALL, REPAIR, UPGRADE, WITH_SPACE
from hubscore.registry import load_target

STANDS_FOR = {"DATASET": "user/birds", "MODEL": "a/b", "ID": "a/b", "RANKING": "r.json", "DIR": "d", "FILE": "f.txt"}
REAL = {"timm", "transformers", "pillow-heif", "zstandard", "h5py"}
"""What may be installed by name: libraries that read what few people have. hubscore itself is on no index."""
OURS = (UPGRADE, REPAIR, WITH_SPACE, INSTALL)
MADE_UP = ("tests/run/test_keywords.py", "tests/cli/test_shared_options.py")
"""Tests whose options belong to no verb."""
_COMMAND = re.compile(r"hubscore ((?!dish)[a-z][a-z-]+\b(?!\.)[^(;:,]*)")
_ENDS = re.compile(r" (?:shows|lists|makes|or|and|then|has saved)\b.*| or$")


def problems(advised: Iterable[Advised]) -> list[str]:
    """Return what cannot be followed, one line each, with the place and the test that provoked it."""
    return [
        f"{one.where}: {problem}\n    Try: {one.fix}\n    {one.test}"
        for one in advised
        if not one.test.startswith(MADE_UP)
        for problem in wrong(one.fix)
    ]


def wrong(fix: str) -> Iterator[str]:
    """Yield what is wrong with one piece of advice."""
    rest = fix
    for match in _COMMAND.finditer(fix):
        command = _ENDS.sub("", match[1]).strip().rstrip(".")
        rest = rest.replace(command, "")
        if told := unreadable(command):
            yield f"`hubscore {command}` cannot be read: {told}"
    rest = re.sub(r"(?<!\w)(?:hf|git|rm|mkdir) [^;,()]*", "", rest)
    for ours in OURS:
        rest = rest.replace(ours, "")
    for package in re.findall(r"pip install (?:--upgrade )?'?([\w\[\]-]+)", rest):
        if package not in REAL:
            yield f"nobody knows the package {package!r}"
    for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", rest.replace("--upgrade", "")):
        if option not in options():
            yield f"no verb has {option}"
    for keyword in re.findall(r"(?<![\w.-])([a-z][a-z_]*)=(?!=)", rest):
        if keyword not in keywords():
            yield f"no function takes {keyword}="


def unreadable(command: str) -> str:
    """Return why a command line (without the program's name) cannot be read; empty where it can."""
    from typer.exceptions import Exit

    from hubscore.cli.argv import spread

    try:
        words = [STANDS_FOR.get(word, word) for word in shlex.split(command) if word != "..."]
        if "--models ..." in command:
            words.insert(words.index("--models") + 1, "a/b")
        words, group = spread(words), program()
        context = group.make_context("hubscore", list(words))
        name, verb, rest = group.resolve_command(context, list(words))
        with redirect_stdout(StringIO()):
            verb.make_context(name, rest, parent=context)
    except Exit:  # --help
        return ""
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


@cache
def program() -> Any:
    """All verbs as one command."""
    from typer.main import get_command

    from hubscore.cli.main import app

    return get_command(app)


@cache
def options() -> frozenset[str]:
    """Every option of every verb."""
    verbs = [one for verb in program().commands.values() for one in getattr(verb, "commands", {"": verb}).values()]
    named = (name for verb in verbs for one in verb.params for name in (*one.opts, *one.secondary_opts))
    return frozenset(named) | {"--help", "--version"}


@cache
def keywords() -> frozenset[str]:
    """Every keyword that a public function, a score or a comparison takes."""
    import hubscore
    from hubscore.bench import relations
    from hubscore.finetune.recipe import Recipe
    from hubscore.modelmap import build, lambda_search, task2vec
    from hubscore.ranking import uncertainty
    from hubscore.scores.info import SCORES
    from hubscore.similarity.info import SIMILARITIES

    listed = [getattr(hubscore, name) for name in hubscore.__all__]
    listed += [
        one
        for room in (build, lambda_search, task2vec, relations, uncertainty)
        for one in vars(room).values()
        if inspect.isfunction(one)
    ]
    listed += [Recipe, *(load_target(info.function) for info in (*SCORES, *SIMILARITIES))]
    found = {"axis", "keepdims", "maps"}  # of numpy, and of what a comparison is given of a network
    for one in listed:
        if callable(one):
            found |= set(inspect.signature(one).parameters)
    return frozenset(found)

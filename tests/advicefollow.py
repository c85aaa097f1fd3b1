"""What advice comes to when it is followed: the commands that it names, or the failed one with its options changed."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

Words = list[str]
_SHELL = re.compile(r"(?:mkdir|mv|tar|gunzip) [^,;]*")


def with_option(words: Sequence[str], option: str, value: str) -> Words:
    """The same command with one option set."""
    return [*without_option(words, option), option, value]


def without_option(words: Sequence[str], option: str) -> Words:
    """The same command without an option and its value."""
    if option not in words:
        return list(words)
    at = words.index(option)
    valued = at + 1 < len(words) and not words[at + 1].startswith("--")
    return [*words[:at], *words[at + 1 + valued :]]


def shell_of(fix: str) -> list[str]:
    """The shell command that is to be run before the same command is tried again; empty where there is none."""
    found = _SHELL.search(fix)
    return shlex.split(found[0]) if found else []


def followed(words: Sequence[str], what: str, fix: str, places: Mapping[str, str]) -> Iterator[Words]:
    """Yield the commands that the advice comes to: each of its alternatives is one.

    Args:
        words: the command that failed.
        what: the error, whose options are meant where one of two is to be dropped.
        fix: the advice.
        places: what stands for the words in capitals.
    """
    if meant := re.search(r"did you mean (.*?)\?", fix):
        for name in re.split(r" or |, ", meant[1]):
            wrong = get_close_matches(name, words, n=1, cutoff=0) if name not in words else []
            yield [name if word in wrong else word for word in words]
        return
    if command := re.match(r"hubscore [^(;]*", fix):
        names = command[0].partition(", ")[0].split()
        plan = ["--plan"] if "--plan" in words and names[1] == "rank" else []
        yield [*(places.get(word, word) for word in names[1:]), *plan]
        return
    if shell_of(fix):
        yield list(words)
        return
    if re.match(r"(drop|keep) one|leave it out", fix):
        named = re.findall(r"--[a-z-]+", what)
        yield from (without_option(words, option) for option in (named[:1] if "leave it" in fix else named))
        return
    if re.match(r"drop |leave out ", fix) and (named := re.findall(r"--[a-z-]+", fix)):
        if " and " not in fix:
            yield from (without_option(words, option) for option in named if option in words)
            return
        left = list(words)
        for option in named:
            left = without_option(left, option)
        yield left
        return
    for way in re.split(r"[,;] or | or (?=--|rank)", fix):
        if re.match(r"leave ", way):
            yield from (without_option(words, option) for option in re.findall(r"--[a-z-]+", way))
            continue
        changed = list(words)
        for option, value in re.findall(r"(--[a-z-]+)(?: ((?!--)[^\s;]+))?", way):
            value = places.get(value, value).rstrip(",")
            changed = with_option(changed, option, value) if value else [*changed, option]
        if changed != list(words):
            yield changed

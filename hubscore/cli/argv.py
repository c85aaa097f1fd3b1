"""`--models a b c`: several values after one option, as people type them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

VARIADIC = frozenset({"--models", "--add", "--remove", "--maps-of", "--rankings"})


def spread(argv: Sequence[str], variadic: Iterable[str] = VARIADIC) -> list[str]:
    """Repeat a variadic option before each of its values, which is the form that click reads.

    Args:
        argv: the command line without the program's name.
        variadic: options that take every value up to the next option.

    Returns:
        The command line with ``--models a b`` written as ``--models a --models b``.

    Example:
        >>> spread(["rank", "beans", "--models", "a", "b", "--seed", "1"])
        ['rank', 'beans', '--models', 'a', '--models', 'b', '--seed', '1']
    """
    names, out = frozenset(variadic), list[str]()
    current, first = "", False
    for position, word in enumerate(argv):
        if word == "--":
            return [*out, *argv[position:]]
        if word.startswith("-"):
            current, first = (word, True) if word in names else ("", False)
        elif current and not first:
            out.append(current)
        else:
            first = False
        out.append(word)
    return out

"""What people type and click cannot read: `--models a b c`, several values after one option; and
`--exclude-contaminated`, which may have a value or none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hubscore.errors import UsageError
from hubscore.run.exclusion import DECLARED

VARIADIC = frozenset({"--models", "--add", "--remove", "--maps-of", "--rankings"})


OPTIONAL: Mapping[str, str] = {"--exclude-contaminated": DECLARED}
"""Options that may stand alone, with the value that this means."""


def spread(argv: Sequence[str], variadic: Iterable[str] = VARIADIC) -> list[str]:
    """Repeat a variadic option before each of its values, which is the form that click reads.

    Args:
        argv: the command line without the program's name.
        variadic: options that take every value up to the next option.

    Returns:
        The command line with ``--models a b`` written as ``--models a --models b``, and a value for every option that
        may stand alone; one that has a value has it behind ``=``.

    Raises:
        UsageError: another option stands where the first value should; the parser would take it for one.

    Example:
        >>> spread(["rank", "beans", "--models", "a", "b", "--seed", "1"])
        ['rank', 'beans', '--models', 'a', '--models', 'b', '--seed', '1']
        >>> spread(["rank", "--exclude-contaminated", "beans", "--exclude-contaminated=all"])
        ['rank', '--exclude-contaminated=declared', 'beans', '--exclude-contaminated=all']
    """
    names, out = frozenset(variadic), list[str]()
    current, first = "", False
    for position, word in enumerate(argv):
        if word == "--":
            return [*out, *argv[position:]]
        if first and word.startswith("--"):
            raise UsageError(f"{current} names nothing", f"{word} behind it is an option", f"leave out {current}")
        if word.startswith("-"):
            current, first = (word, True) if word in names else ("", False)
        elif current and not first:
            out.append(current)
        else:
            first = False
        out.append(f"{word}={OPTIONAL[word]}" if word in OPTIONAL else word)
    return out

"""What `--exclude-contaminated` and `exclude_contaminated=` may be."""

from __future__ import annotations

from hubscore.errors import UsageError

DECLARED, ALL = "declared", "all"
"""What the option alone stands for on the command line; and the wider kind."""


def read_exclusion(value: bool | str) -> bool | str:
    """Return False, True for what declares the data, or ``"all"`` for what has the same classes as well.

    Raises:
        UsageError: it is something else.

    Example:
        >>> read_exclusion("declared"), read_exclusion("all"), read_exclusion(False)
        (True, 'all', False)
    """
    if value in (True, DECLARED):
        return True
    if value in (False, ALL):
        return value
    raise UsageError(
        f"--exclude-contaminated={value} means nothing",
        "alone it leaves out what declares this data, and with all also what has the same classes",
        "--exclude-contaminated=all",
    )

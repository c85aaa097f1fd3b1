"""Which rows and columns of a ranking's table are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubscore.cli.output import MOST_ROWS
from hubscore.errors import UsageError

if TYPE_CHECKING:
    from hubscore.report.terminal_columns import TableView


def table_view(columns: str | None, *, wide: bool, all_rows: bool) -> TableView:
    """Return what ``--columns``, ``--wide`` and ``--all`` ask for; call it before the work starts.

    Raises:
        UsageError: a column that no ranking has, or both kinds of choosing columns.
    """
    from hubscore.report.terminal_columns import TableView, check_columns
    from hubscore.scores.info import SCORES

    most = None if all_rows else MOST_ROWS
    if columns is None:
        return TableView(most, (), wide)
    if wide:
        raise UsageError(
            "--columns and --wide exclude each other",
            "--wide shows all columns",
            "drop one",
            options=("--columns", "--wide"),
        )
    names = tuple(name.strip() for name in columns.split(",") if name.strip())
    if not names:
        raise UsageError("--columns names no column", "", "--columns EXPECTED,PARAMS")
    check_columns(names, [score.name for score in SCORES])
    return TableView(most, names)

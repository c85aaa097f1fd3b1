"""A table whose cells are never cut or folded: columns that do not fit beside the worthier ones give way."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

GAP = 2


def fitting_table(
    columns: Mapping[str, Sequence[str]],
    width: int,
    *,
    worth: Sequence[str],
    always: Collection[str],
    left: Collection[str] = (),
) -> Table:
    """Return a table of the columns that fit.

    Args:
        columns: cells by title, in the order of the table.
        width: columns of the terminal.
        worth: titles, the one to show first of all first.
        always: titles that are shown whatever the width.
        left: titles of columns that stand at the left edge, such as names; numbers stand at the right one.
    """
    from rich.table import Table
    from rich.text import Text

    room, shown = width + GAP, set[str]()
    for name in worth:
        needed = GAP + max(map(len, (name, *columns[name])))
        if name in always or needed <= room:
            shown.add(name)
            room -= needed
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    chosen = [name for name in columns if name in shown]
    for name in chosen:
        table.add_column(Text(name), justify="left" if name in left else "right", no_wrap=True)
    for cells in zip(*(columns[name] for name in chosen), strict=True):
        table.add_row(*map(Text, cells))
    return table

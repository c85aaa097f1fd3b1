"""rich's progress bar with a table above it that grows; both go when the bar ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from rich.console import RenderableType
from rich.progress import Progress, ProgressColumn


class BarBelowRows(Progress):
    """A bar that stands below some rows.

    Args:
        columns: of the bar.
        rows: returns what stands above the bar, or none.
        options: what rich's ``Progress`` takes.
    """

    def __init__(self, *columns: ProgressColumn, rows: Callable[[], RenderableType | None], **options: Any) -> None:
        self._rows = rows
        super().__init__(*columns, **options)

    def get_renderables(self) -> Iterable[RenderableType]:
        """Return the rows and the bar."""
        rows = self._rows()
        if rows is not None:
            yield rows
        yield from super().get_renderables()

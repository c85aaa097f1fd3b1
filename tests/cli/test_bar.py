import io

from rich.console import Console
from rich.progress import TextColumn
from rich.text import Text

from hubscore.cli.bar import BarBelowRows


def test_rows_stand_above_the_bar_as_soon_as_there_are_any():
    rows = []
    console = Console(file=io.StringIO(), width=40)
    bar = BarBelowRows(
        TextColumn("{task.description}"), rows=lambda: Text("\n".join(rows)) if rows else None, console=console
    )
    bar.add_task("at work")

    def shown():
        with console.capture() as capture:
            for part in bar.get_renderables():
                console.print(part)
        return capture.get().split()

    assert shown() == ["at", "work"]
    rows.append("first")
    assert shown() == ["first", "at", "work"]

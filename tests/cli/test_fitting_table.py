import io

import pytest
from rich.console import Console

from hubscore.cli.fitting_table import fitting_table

COLUMNS = {"MODEL": ["lab/a-rather-long-name", "lab/b"], "MEAN": ["0.1", "0.25"], "FAMILY": ["resnet", "vit"]}


@pytest.mark.parametrize(
    ("width", "titles"), [(80, ["MODEL", "MEAN", "FAMILY"]), (35, ["MODEL", "FAMILY"]), (28, ["MODEL", "MEAN"])]
)
def test_what_fits_by_worth(width, titles):
    made = fitting_table(COLUMNS, width, worth=["MODEL", "FAMILY", "MEAN"], always=["MODEL"], left=["MODEL", "FAMILY"])
    console = Console(file=io.StringIO(), width=width)
    console.print(made)
    lines = console.file.getvalue().splitlines()
    assert lines[0].split() == titles and len(lines) == 3 and max(map(len, lines)) <= width
    assert "lab/a-rather-long-name" in lines[1]


def test_names_are_shown_whatever_the_width_and_markup_is_text():
    made = fitting_table({"MODEL": ["[bold]lab/x[/bold]"], "MEAN": ["1"]}, 5, worth=["MODEL", "MEAN"], always=["MODEL"])
    console = Console(file=io.StringIO(), width=80)
    console.print(made)
    assert console.file.getvalue().split() == ["MODEL", "[bold]lab/x[/bold]"]

import io

import pytest
from rich.console import Console

from hubscore.cli.output import Output
from hubscore.cli.plain_table import plain_table

KEYS = ("rank", "model", "similarity", "revision", "reason")
ROWS = [
    dict(zip(KEYS, (1, "google/mobilenet_v1_0.25_128", 0.76, "0c23106bf3" * 4, None), strict=True)),
    dict(zip(KEYS, (2, "akamaster/resnet20_cifar10", None, "99027286f1" * 4, ""), strict=True)),
]


@pytest.mark.parametrize(
    ("width", "unfit"), [(80, ()), (60, ()), (48, ("REVISION",)), (10, ("RANK", "SIMILARITY", "REVISION"))]
)
def test_no_name_is_broken_and_what_has_no_room_is_named(width, unfit):
    table, left = plain_table(ROWS, width, "model")
    console = Console(file=io.StringIO(), width=200)
    console.print(table)
    lines = console.file.getvalue().splitlines()
    assert left == unfit and len(lines) == 3 and "google/mobilenet_v1_0.25_128" in lines[1]
    assert "REASON" not in lines[0] and "0c23106bf30" not in lines[1]


def test_it_is_said_where_the_rest_is(monkeypatch):
    monkeypatch.setenv("COLUMNS", "48")
    out, err = io.StringIO(), io.StringIO()
    Output("human", stdout=out, stderr=err).rows(ROWS, id_key="model")
    assert err.getvalue() == "No room here for REVISION: --json has all\n" and "REVISION" not in out.getvalue()

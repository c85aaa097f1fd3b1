import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from hubscore.column_table import COLUMNS, Place, columns_in
from hubscore.publish.space.folder import app_files
from hubscore.types import Row

ROOT = Path(__file__).resolve().parents[1]

ADD_ONE = """
import sys
from pathlib import Path

import hubscore.column_table as table

table.COLUMNS += (
    table.TableColumn(
        name="carbon", title="carbon (kg)", kind="real", show="number", unit="kg", direction="lower",
        where={
            place: 900
            for place in ("terminal", "html", "markdown", "flat", "leaderboard", "space", "compare", "sort")
        },
    ),
)
folder, space = Path(sys.argv[1]), sys.argv[2]
sys.path.insert(0, space)

import io

import pyarrow.parquet as pq
from rich.console import Console

from hubscore.report.terminal import terminal_table
from hubscore.publish.results import write_results
from hubscore.results import read_results
from hubscore.types import ProbeDescription, Ranking, Row, RunRecord

rows = tuple(
    Row(n, f"a/{n}", "c" * 40, "timm", consensus=1 / n, tie_group=n, extra={"carbon": 4.25 * n}) for n in (1, 2)
)
ranking = Ranking(
    rows, (), ProbeDescription(dataset="user/birds", indices=(1,)), record=RunRecord(date="2026-11-20T12:00:00+00:00")
)
drawn = io.StringIO()
Console(file=drawn, width=200).print(terminal_table(ranking, 200))
assert "CARBON_(KG)" in drawn.getvalue() and "4.250" in drawn.getvalue() and "8.500" in drawn.getvalue(), "terminal"
for ending in ("html", "md", "csv", "parquet", "json"):
    ranking.save(str(folder / f"r.{ending}"))
html = (folder / "r.html").read_text()
assert "<th>carbon (kg)</th>" in html and "<td>4.250</td>" in html, "html"
markdown = (folder / "r.md").read_text()
assert "carbon (kg) |" in markdown and "4.250 |" in markdown, "markdown"
header, first, *_ = (folder / "r.csv").read_text().splitlines()
assert dict(zip(header.split(","), first.split(",")))["carbon"] == "4.25", "csv"
assert pq.read_table(folder / "r.parquet")["carbon"].to_pylist() == [4.25, 8.5], "parquet"
assert Ranking.load(str(folder / "r.json")).to_json()["rows"][1]["carbon"] == 8.5, "json"
write_results(folder / "results", [ranking])
assert read_results(folder / "results").table["carbon"].to_pylist() == [4.25, 8.5], "leaderboard"

from data import Folder, Results
from page import Pages
from schema import NUMBERS
from state import State
from views import compare
from views import ranking as view

assert "carbon" in NUMBERS, "the Space's schema"
pages = Pages(Results(Folder(folder / "results")))
shown = view.render(pages.open(State(sort="carbon", reverse=True)))
assert 'data-sort="carbon">carbon (kg)' in shown and shown.index("8.500") < shown.index("4.250"), "the Space's table"
assert "carbon (kg)" in compare.render(pages.open(State(models=("a/1", "a/2")))), "the Space's comparison"
"""


def test_one_more_column_is_one_entry(tmp_path):
    ran = subprocess.run(
        [sys.executable, "-c", ADD_ONE, str(tmp_path), str(ROOT / "space")], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr


def test_a_published_space_reads_the_same_table_without_hubscore(tmp_path):
    for name, content in app_files("user/results").items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    assert (tmp_path / "column_table.py").read_bytes() == (ROOT / "hubscore" / "column_table.py").read_bytes()
    code = "import sys; sys.modules.update(hubscore=None, torch=None); import boards, schema, views.ranking, views.add"
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("place", get_args(Place))
def test_no_two_columns_stand_in_one_position_or_under_one_name(place):
    columns = columns_in(place)
    assert columns and max(Counter(column.where[place] for column in columns).values()) == 1
    assert max(Counter(name for column in columns for name in column.flat_names(place)).values()) == 1


def test_every_column_of_a_row_is_a_field_of_rows():
    for column in COLUMNS:
        told = column.name in Row.__dataclass_fields__ or isinstance(getattr(Row, column.name, None), property)
        assert column.source == "run" or told, column.name


def test_an_interval_takes_two_flat_columns():
    (rank,) = (column for column in COLUMNS if column.name == "rank_ci")
    assert rank.flat_names("flat") == ("rank_low", "rank_high") and rank.flat_values(None) == (None, None)
    assert rank.flat_values((1, 3)) == (1, 3)

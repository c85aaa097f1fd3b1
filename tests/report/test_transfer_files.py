import csv
import json
from pathlib import Path

import pytest

from hubscore.bench.transfer_measures import Measured, measure
from hubscore.bench.transfer_table import TransferRow, TransferTable
from hubscore.errors import UsageError
from hubscore.report.transfer_files import check_measures_path, save_measures


@pytest.fixture
def made() -> Measured:
    rows = [TransferRow(m, "birds", accuracy=n / 10, scores={"=mine": float(n)}) for n, m in enumerate("xyz")]
    return measure(TransferTable(tuple(rows), {"=mine": "score"}))


def test_csv_and_json_hold_every_group(made: Measured, tmp_path: Path) -> None:
    save_measures([made], tmp_path / "m.csv")
    save_measures([made], tmp_path / "m.json")
    rows = list(csv.DictReader((tmp_path / "m.csv").open()))
    data = json.loads((tmp_path / "m.json").read_text())
    assert [row["group"] for row in rows] == [row["group"] for row in data] == ["all groups", "birds"]
    assert rows[0]["name"] == "'=mine"  # which no spreadsheet runs
    assert float(rows[0]["pearson"]) == data[0]["pearson"] == 1.0 and rows[0]["pearson_sd"] == ""


def test_text_holds_means_groups_and_modes(made: Measured, tmp_path: Path) -> None:
    save_measures([made, made], tmp_path / "m.tex")
    save_measures([made], tmp_path / "m.md")
    assert (tmp_path / "m.tex").read_text().count(r"\begin{tabular}") == 5
    assert (tmp_path / "m.md").read_text().count("| --- |") == 2


def test_a_picture_names_the_orders(made: Measured, tmp_path: Path) -> None:
    save_measures([made], tmp_path / "one.svg")
    assert ">=mine</text>" in (tmp_path / "one.svg").read_text()


@pytest.mark.parametrize("name", ["m.txt", "m", "none/m.csv"])
def test_a_bad_place_is_refused_before_the_work(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        check_measures_path(tmp_path / name)

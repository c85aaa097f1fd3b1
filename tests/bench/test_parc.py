import csv
import os
from pathlib import Path

import pytest

from hubscore.bench.parc import IMAGES, LAYERS, with_heuristic, with_note
from hubscore.bench.transfer_measures import measure
from hubscore.bench.transfer_sources import open_table
from hubscore.bench.transfer_table import TransferRow, TransferTable
from hubscore.numerics.workspace import Workspace
from hubscore.scores.heuristic import heuristic
from hubscore.types import Candidate

FACTS = Path(os.environ.get("HUBSCORE_FACTS") or "/nonexistent")
PUBLISHED = {"both": 51.05, "architecture": 61.27, "source": 7.13, "target": 13.63}


def test_the_heuristic_is_the_score_of_that_name() -> None:
    row = TransferRow("x", "cub200", "nabird", "alexnet")
    made = with_heuristic(TransferTable((row,))).rows[0].scores["heuristic"]
    facts = Candidate("x", "main", "timm", layers=LAYERS["alexnet"], source_size=IMAGES["nabird"])
    assert made == pytest.approx(heuristic(Workspace(candidate=facts), target_size=IMAGES["cub200"]))


def test_what_parc_does_not_know_has_no_value() -> None:
    rows = (TransferRow("x", "cub200", "nabird", "vit"), TransferRow("y", "cub200", "nabird", "alexnet"))
    made = with_heuristic(TransferTable(rows))
    assert [set(row.scores) for row in made.rows] == [set(), {"heuristic"}]
    assert with_heuristic(TransferTable(rows[:1])) == TransferTable(rows[:1])


def test_the_target_that_the_paper_leaves_out_is_named() -> None:
    rows = [TransferRow("x", target, "nabird", "alexnet") for target in ("voc2007", "cub200")]
    made = with_heuristic(TransferTable(tuple(rows)))
    assert len(with_note(made).notes) == 2 and len(with_note(made.without(["voc2007"])).notes) == 1


@pytest.mark.skipif(not FACTS.is_dir(), reason="HUBSCORE_FACTS names no folder")
@pytest.mark.parametrize("vary", PUBLISHED)
def test_the_four_modes_are_those_of_table_2(vary: str) -> None:
    table = open_table([str(FACTS / "parc_controlled.csv")]).without(["voc2007"])
    found = measure(table, vary=vary).lines[0].mean["pearson"].mean  # type: ignore[arg-type]
    assert found is not None and 100 * found == pytest.approx(PUBLISHED[vary], abs=0.02)


@pytest.mark.skipif(not FACTS.is_dir(), reason="HUBSCORE_FACTS names no folder")
def test_the_crowd_sourced_bank_is_read_without_what_is_not_known() -> None:
    path = FACTS / "parc_all.csv"
    with path.open() as file:
        known = [row for row in csv.DictReader(file) if float(row["Oracle"]) > 0]
    assert len(open_table([str(path)]).rows) == len(known) - sum(
        row["Source Dataset"] == row["Target Dataset"] for row in known
    )

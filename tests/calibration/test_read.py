import csv
import hashlib
import json

import pytest
from calibrationdata import simulated

from hubscore.calibration.calibration import Calibration
from hubscore.calibration.read import calibrate
from hubscore.errors import UsageError
from hubscore.types import ProbeDescription, Ranking, Row

NAMES = ("kernel_probe", "kernel_probe_loss")


@pytest.fixture
def files(tmp_path):
    """Accuracies in a table, scores in rankings of folders."""
    pairs = simulated(datasets=3, models=5, seed=1)
    table = tmp_path / "accuracies.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["model", "target", "accuracy"])
        writer.writerows(zip(pairs.model, pairs.target, pairs.truth, strict=True))
    for name, own in pairs.by_target():
        part = pairs.at(own)
        rows = tuple(
            Row(
                rank=1,
                model=f"/models/{model}",
                revision="local",
                library="timm",
                scores=dict(zip(NAMES, two, strict=True)),
            )
            for model, *two in zip(part.model, part.accuracy.tolist(), part.loss.tolist(), strict=True)
        )
        classes = tuple(f"c{n}" for n in range(int(part.classes[0])))
        probe = ProbeDescription(dataset=f"/data/{name}", classes=classes, samples=400)
        Ranking(rows=rows, skipped=(), probe=probe).save(str(tmp_path / f"{name}.json"))
    return table, sorted(tmp_path.glob("*.json"))


def test_tables_and_rankings_become_a_calibration(files):
    table, rankings = files
    made = calibrate([table], rankings)
    assert made.calibration.features.rows == 15 and made.calibration.provenance.left_out == {}


def test_provenance_names_files_and_not_this_machine(files, tmp_path):
    table, rankings = files
    about = calibrate([table], rankings, truth_words="if tuned").calibration.provenance
    assert about.truth == "if tuned" and str(tmp_path) not in json.dumps(about.to_json())
    assert about.tables[0] == {
        "name": "accuracies.csv",
        "sha256": hashlib.sha256(table.read_bytes()).hexdigest(),
        "rows": 15,
    }
    assert about.command.startswith("hubscore calibrate accuracies.csv --rankings set0.json")


def test_what_was_made_can_be_loaded(files, tmp_path):
    made = calibrate([files[0]], files[1]).calibration
    made.save(tmp_path / "made.json")
    assert Calibration.load(tmp_path / "made.json") == made


def test_the_order_of_the_files_rows_changes_nothing(files):
    table, rankings = files
    lines = table.read_text(encoding="utf-8").splitlines()
    first = calibrate([table], rankings).calibration
    table.write_text("\n".join([lines[0], *reversed(lines[1:])]), encoding="utf-8")
    second = calibrate([table], rankings[::-1]).calibration
    assert (first.features, first.ranges) == (second.features, second.ranges)


def test_one_file_is_not_two_runs(files, tmp_path):
    again = tmp_path / "again.csv"
    again.write_bytes(files[0].read_bytes())
    with pytest.raises(UsageError, match="again"):
        calibrate([files[0], again], files[1])

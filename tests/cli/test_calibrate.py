import csv
import json

import pytest
from calibrationdata import simulated

from hubscore.calibration.calibration import Calibration
from hubscore.cli.main import main

HEAD = "model target family accuracy classes samples kernel_probe kernel_probe_loss".split()


@pytest.fixture
def run(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")

    def command(*words):
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        captured = capsys.readouterr()
        return int(ended.value.code or 0), captured.out, captured.err

    return command


@pytest.fixture
def table(tmp_path):
    pairs = simulated(datasets=4, models=5)
    path = tmp_path / "transfers.csv"
    columns = (
        pairs.model,
        pairs.target,
        pairs.family,
        pairs.truth,
        pairs.classes,
        pairs.samples,
        pairs.accuracy,
        pairs.loss,
    )
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([HEAD, *zip(*columns, strict=True)])
    return path


def test_a_table_becomes_a_file_that_can_be_loaded(run, table, tmp_path):
    out = tmp_path / "made.json"
    code, printed, said = run(
        "calibrate", table, "--out", out, "--format", "human", "--truth-words", "if tuned on Mars"
    )
    assert code == 0 and Calibration.load(out).provenance.truth == "if tuned on Mars"
    lines = printed.splitlines()
    assert lines[0].split() == ["EVIDENCE", "features", "features"] and max(map(len, lines)) < 80 and "…" not in printed
    assert lines[1].split() == ["LEFT_OUT", "data", "sets", "families"]
    assert lines[2].split()[::2] == ["a", f"{Calibration.load(out).features.a:.3f}"]
    assert "if tuned on Mars" in said and "20 accuracies of 5 models on 4 data sets" in said


def test_json_has_the_numbers_of_every_data_set(run, table):
    code, printed, _ = run("calibrate", table, "--format", "json")
    rows = json.loads(printed)
    assert code == 0 and set(rows[0]["by_target"]) == {"set0", "set1", "set2", "set3"}
    assert 0 < rows[0]["mean_absolute_error"] < 0.2 and rows[0]["left_out"] == "data sets"


def test_what_is_wrong_is_said_with_what_to_type(run, table, tmp_path):
    assert run("calibrate")[0] == 2
    assert run("calibrate", table, "--out", tmp_path / "made.csv")[0] == 2
    code, _, said = run("calibrate", tmp_path / "none.csv")
    assert code == 2 and "none.csv" in said


def test_several_rankings_stand_after_one_option(run, table, tmp_path):
    code, _, said = run("calibrate", table, "--rankings", tmp_path / "a.json", tmp_path / "b.json")
    assert code == 1 and "a.json" in said


def test_models_ranked_at_another_size_are_warned_of(run, table, tmp_path):
    lines = table.read_text(encoding="utf-8").splitlines()
    table.write_text("\n".join(f"{line},{'input_size' if n == 0 else 96}" for n, line in enumerate(lines)))
    other = tmp_path / "other.csv"
    other.write_text("model,target,accuracy,input_size\nlab/0,set0,0.5,224\n")
    assert "1 model was" in run("calibrate", table, other)[2] and "another input size" not in run("calibrate", table)[2]


def test_a_ranking_takes_a_calibration_and_refuses_what_is_none(run, table, tmp_path):
    code, _, said = run("rank", tmp_path, "--calibration", table)
    assert code == 1 and "not JSON" in said and "hubscore calibrate" in said

import csv
import json

import pytest
from bench.test_tasks_summary import TASKS, result

from hubscore.errors import UsageError
from hubscore.report.tasks_files import check_tasks_path, save_tasks


def test_json_has_every_task_and_the_summary(tmp_path):
    save_tasks(TASKS, tmp_path / "t.json", "birds")
    made = json.loads((tmp_path / "t.json").read_text())
    assert made["dataset"] == "birds" and len(made["tasks"]) == 8 and made["by"] == "leep" and len(made["levels"]) == 5


def test_csv_has_a_row_a_task_and_no_cell_that_a_spreadsheet_runs(tmp_path):
    tasks = [*TASKS, result(9, 2, 0.0, 0.1, source="=1+1", scratch=0.2)]
    for task in tasks:
        task.about.update({"class_names": ["a", "b"], "train": 4, "test": 2})
    save_tasks(tasks, tmp_path / "t.csv")
    with (tmp_path / "t.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 9 and rows[0]["class_names"] == "a | b" and float(rows[0]["leep"]) == 0.0
    assert rows[0]["scratch_accuracy"] == "" and rows[-1]["scratch_accuracy"] == "0.2"
    assert not rows[-1]["source"].startswith("=") and rows[0]["all_epochs"] == "0.45 0.9"


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_pictures_are_the_same_every_time(tmp_path, ending):
    tasks = [*TASKS, result(9, 2, 0.0, 0.1, scratch=0.2, source="lab/a$b$<x>")]
    for name in ("a", "b"):
        save_tasks(tasks, tmp_path / f"{name}.{ending}", "birds")
    assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()


def test_a_picture_of_nothing_is_a_picture(tmp_path):
    save_tasks([], tmp_path / "t.svg")
    assert "no score is defined for all tasks" in (tmp_path / "t.svg").read_text()


def test_other_endings_and_folders_that_are_not_there_are_refused(tmp_path):
    for path in (tmp_path / "t.xlsx", tmp_path / "none" / "t.csv"):
        with pytest.raises(UsageError):
            check_tasks_path(path)

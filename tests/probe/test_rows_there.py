from types import SimpleNamespace

import numpy as np
import pytest

from hubscore.probe.load import load_probe
from hubscore.probe.rows_there import class_rows, rows_there
from hubscore.probe.targets import Labels

LABELS = Labels(
    "classification",
    np.array([0, 0, 0, 1, 1, 2, -1]),
    ("cat", "dog", "owl"),
    np.array([False] * 6 + [True]),
)


def split(population):
    return SimpleNamespace(population=population, numbers=np.arange(7))


def test_rows_without_a_label_and_of_lone_classes_cannot_be_drawn():
    assert rows_there(split(7), LABELS) == 5 and class_rows(split(7), LABELS) == {"cat": 3, "dog": 2, "owl": 1}
    assert rows_there(split(7), None) == 7 and class_rows(split(7), None) == {}
    numbers = Labels("regression", np.arange(7.0), (), LABELS.missing)
    assert rows_there(split(7), numbers) == 6 and class_rows(split(7), numbers) == {}


@pytest.mark.parametrize("population", [None, 900])
def test_of_a_part_nobody_knows(population):
    assert rows_there(split(population), LABELS) is None and class_rows(split(population), LABELS) == {}


def test_a_probe_knows_whether_it_took_all(tmp_path):
    table = tmp_path / "texts.csv"
    rows = [f"a text of number {at} here,{'dog' if at % 3 else 'cat'}" for at in range(12)]
    table.write_text("\n".join(["text,label", *rows, "a lone one of its kind,owl", "and one without any,"]))
    whole, part = load_probe(table), load_probe(table, samples=6)
    assert whole.usable == 12 == len(whole) and whole.is_whole and whole.class_rows == (4, 8)
    assert part.usable == 12 and len(part) == 6 and not part.is_whole and part.class_rows == (4, 8)
    assert "usable" not in whole.to_json()

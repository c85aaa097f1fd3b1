import json

import numpy as np
import pytest
from cli.test_bench import run
from cli.test_bench_finetune import blot
from hubfixture import add_dataset

__all__ = ["run"]


@pytest.fixture(scope="module")
def colours(hub):
    files = {f"train/{name}/{n:02d}.png": blot(k, n) for k, name in enumerate(("black", "white")) for n in range(12)}
    add_dataset(hub.root, "bench/tasks", files)
    return "bench/tasks"


def test_tables_files_and_talk(run, colours, tiny_repos, tmp_path):
    out = tmp_path / "tasks.json"
    words = ("bench", colours, "--tasks", 5, "--classes", 2, "--source", tiny_repos.timm, "--train", "head")
    code, shown, err = run(*words, "--out", out, "--device", "cpu", "--format", "human", "--draw", "imbalanced")
    assert code == 0, err
    assert "with head accuracy" in shown and "-ln C" in shown and "LEVEL BY leep" in shown
    assert "task 5 of 2 classes" in err and "5 tasks say little" in err and f"Saved {out}" in err
    made = json.loads(out.read_text())
    assert [task["task"] for task in made["tasks"]] == [1, 2, 3, 4, 5] and len(made["levels"]) == 5
    assert all(np.isclose(task["scores"]["-ln C"], -np.log(2)) for task in made["tasks"])
    code, shown, _ = run(*words, "--device", "cpu", "--json", "--draw", "imbalanced")
    assert code == 0 and {row["truth"] for row in json.loads(shown)} == {"head accuracy", "head F1"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--tasks", "3", "--source", "a"), "No data set was named"),
        (("D", "--tasks", "3"), "No source network was named"),
        (("D", "--tasks", "3", "--source", "a", "--truth", "t.csv"), "--tasks and --truth exclude each other"),
        (("D", "--tasks", "3", "--source", "a", "--finetune", "3"), "--tasks and --finetune exclude each other"),
        (("D", "--tasks", "3", "--source", "a", "--history", "h"), "--tasks and --history exclude each other"),
        (("D", "--tasks", "3", "--source", "a", "-k", "2"), "--tasks and -k exclude each other"),
        (("D", "--tasks", "3", "--source", "a", "--classes", "5..2"), "A task cannot have 5..2 classes"),
        (("D", "--tasks", "3", "--source", "a", "--classes", "2..9"), "Cannot draw 9 of 2 classes"),
        (("D", "--tasks", "3", "--source", "a", "--scores", "ncti"), "Score 'ncti' is not defined for a task"),
        (("D", "--tasks", "3", "--source", "a", "--out", "t.xlsx"), "Cannot save tasks as 't.xlsx'"),
        (("r.json", "--truth", "t.csv", "--source", "a"), "--source has no meaning without --tasks"),
        (("r.json", "--truth", "t.csv", "--scratch"), "--scratch has no meaning without --tasks"),
    ],
)
def test_bad_usage_says_what_to_type(run, colours, tiny_repos, words, told):
    known = {"D": colours, "a": tiny_repos.timm}
    code, out, err = run("bench", *(known.get(word, word) for word in words))
    assert code in (1, 2) and out == "" and told in err, err

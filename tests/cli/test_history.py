import json

import pytest

from hubscore.cli.main import main

LINES = ["model,target,accuracy"]
LINES += [f"m{model},task{task},{0.3 + 0.1 * model + 0.02 * task:.2f}" for model in range(5) for task in range(4)]


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "accuracies.csv"
    path.write_text("\n".join(LINES), encoding="utf-8")
    return path


@pytest.fixture
def run(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")

    def command(*words):
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        captured = capsys.readouterr()
        return int(ended.value.code or 0), captured.out, captured.err

    return command


def test_build_show_update_and_recommend(run, table, tmp_path):
    past, more = tmp_path / "past", tmp_path / "more.csv"
    code, printed, said = run("history", "build", table, "--out", past, "--json")
    assert code == 0 and [row["dataset"] for row in json.loads(printed)] == [f"task{i}" for i in range(4)]
    assert "5 models x 4 data sets, 20 of 20 cells known" in said and "converged" in said and "left out" in said
    more.write_text("model,target,accuracy\nm0,new,0.2\nm4,new,0.9\n", encoding="utf-8")
    code, printed, said = run("history", "update", past, more, "--json")
    assert code == 0 and json.loads(printed)[-1]["best"] == "m4" and "20 of 20 cells known" in said
    code, printed, said = run("history", "show", past, "--format", "quiet")
    assert code == 0 and printed.split() == ["task0", "task1", "task2", "task3", "new"]
    code, printed, _ = run("recommend", "me/birds", "--history", past, "--limit", 1, "-q")
    assert (code, printed) == (0, "m4\n")


def test_architectures_are_added_where_checkpoints_are_at_hand(run, table, tmp_path):
    for model, architecture in (("m0", "test_vit"), ("m1", "test_resnet"), ("m4", "test_resnet")):
        (tmp_path / "nets" / model).mkdir(parents=True)
        (tmp_path / "nets" / model / "config.json").write_text(json.dumps({"architecture": architecture}))
    code, _, said = run("history", "build", table, "--out", tmp_path / "past", "--checkpoints", tmp_path / "nets")
    assert code == 0 and "architectures of 3 of 5 models" in said and "m2, m3" in said
    code, _, said = run("history", "update", tmp_path / "past", table)
    assert code == 0 and "architectures of 3 of 5 models" in said


@pytest.mark.parametrize(
    "words",
    [
        ["history", "build"],
        ["history", "build", "t.csv"],
        ["history", "build", "t.csv", "--out", "d", "--aggregate", "median"],
        ["history", "show"],
        ["history", "update"],
        ["history", "update", "me/results", "--checkpoints", "nets"],
        ["history", "look", "d"],
    ],
)
def test_bad_usage(run, words):
    code, printed, said = run(*words)
    assert code == 2 and printed == "" and "Try:" in said

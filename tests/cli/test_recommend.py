import json

import pytest

from hubscore.cli.main import main

LINES = ["model,target,accuracy,params,license"]
LINES += [
    f"lab/m{model},task{task},{0.3 + 0.1 * model + 0.02 * task:.2f},{10 ** (model + 3)},mit"
    for model in range(5)
    for task in range(4)
]


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


def test_ids_alone(run, table):
    code, printed, said = run("recommend", "me/birds", "--history", table, "--limit", 2, "--format", "quiet")
    assert (code, printed, said) == (0, "lab/m4\nlab/m3\n", "")


def test_a_table_with_the_baseline_and_what_must_be_said(run, table):
    code, printed, said = run("recommend", "me/birds", "--history", table, "--rank", 1, "--format", "human")
    assert code == 0 and "MEAN_HISTORY" in printed.splitlines()[0] and len(printed.splitlines()) == 6
    assert "(measured)" in said and "Ordered by the plain mean" in said and "estimates" in said


def test_names_are_whole_on_eighty_columns_and_the_hint_names_the_history(run, table, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    long = "timm/vit_small_patch16_224.augreg_in21k_ft_in1k"
    renamed = tmp_path / "long.csv"
    renamed.write_text(table.read_text().replace("lab/m4,", f"{long},"))
    code, printed, said = run("recommend", "me/birds", "--history", renamed, "--rank", 1, "--format", "human")
    assert code == 0 and long in printed and "\u2026" not in printed and max(map(len, printed.splitlines())) <= 80
    assert "..." not in said


def test_json(run, table):
    words = ("recommend", "task0", "--history", table, "--max-params", "100k", "--license", "mit", "--json")
    code, printed, said = run(*words)
    rows = json.loads(printed)
    assert code == 0 and [row["model"] for row in rows] == ["lab/m2", "lab/m1", "lab/m0"]
    assert rows[0]["datasets"] == 3 and "task0 itself was left out" in said


@pytest.mark.parametrize(
    "words", [["recommend"], ["recommend", "x"], ["recommend", "x", "--history", "t.csv", "--by", "luck"]]
)
def test_bad_usage(run, words):
    code, printed, said = run(*words)
    assert code == 2 and printed == "" and "Try:" in said

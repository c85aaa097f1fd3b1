import json

import pytest

from hubscore.cli.main import main


@pytest.fixture
def table(tmp_path):
    lines = ["model,target,accuracy,params"]
    lines += [
        f"lab/m{m},task{t},{0.3 + 0.1 * m + 0.02 * t + 0.01 * (m * t % 3):.2f},{10**m}"
        for m in range(5)
        for t in range(4)
    ]
    path = tmp_path / "accuracies.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def run(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")

    def command(*words):
        with pytest.raises(SystemExit) as ended:
            main(["bench", *(str(word) for word in words)])
        captured = capsys.readouterr()
        return int(ended.value.code or 0), captured.out, captured.err

    return command


def test_table_one_of_any_history(run, table):
    code, printed, said = run("--history", table, "--format", "human")
    lines = printed.splitlines()
    assert code == 0
    assert lines[0].split() == ["METHOD", "PEARSON", "WEIGHTED_TAU", "POINTS_LOST", "MS", "LABELS", "DATA_SETS"]
    mean = next(line for line in lines if line.startswith("mean history")).split()
    assert float(mean[2]) > 0.9 and mean[-2:] == ["no", "4"]
    assert "the plain mean, over 4 data sets" in said and "measured" in said and "MS is for one data set" in said


def test_json_has_the_same_keys_for_every_method(run, table):
    code, printed, _ = run("--history", table, "--json")
    rows = json.loads(printed)
    assert code == 0 and {row["name"] for row in rows} >= {"random", "size", "mean history", "Fennec merged"}
    assert all(row["needs_labels"] is False and row["milliseconds"] >= 0 and -1 <= row["pearson"] <= 1 for row in rows)
    assert {frozenset(row) for row in rows} == {frozenset(rows[0])}


def test_other_accuracies_judge(run, table, tmp_path):
    truth = tmp_path / "truth.csv"
    truth.write_text("model,target,accuracy\n" + "\n".join(f"lab/m{m},new,0.{9 - m}" for m in range(5)))
    _, printed, said = run("--history", table, "--truth", truth, "--json")
    rows = {row["name"]: row for row in json.loads(printed)}
    assert rows["mean history"]["pearson"] == pytest.approx(-1, abs=0.05) and rows["size"]["datasets"] == 1
    assert said == "" or "Judged by" in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("R.json", "--history", "T"), "--history and RANKING exclude each other"),
        (("--history", "T", "--finetune", 3), "--history and --finetune exclude each other"),
        (("--history", "T", "--save-truth", "new.csv"), "--history and --save-truth exclude each other"),
        (("--history", "T", "-k", 5), "--history and -k exclude each other"),
        (("--history", "T", "--relevant", 2), "--history and --relevant exclude each other"),
        (("--history", "T", "--device", "cpu"), "--history and --device exclude each other"),
        (("--history", "T", "--test-split", "dev"), "--history and --test-split exclude each other"),
        (("--history", "T", "--no-flip"), "--history and --no-flip exclude each other"),
        (("--history", "./nowhere"), "no history"),
        (("--history", "ONE"), "No data set can be left out of this history"),
    ],
)
def test_bad_usage_says_what_to_type(run, table, tmp_path, words, told):
    one = tmp_path / "one.csv"
    one.write_text("model,target,accuracy\na,x,0.1\nb,x,0.2\nc,x,0.3\n")
    code, printed, said = run(*({"T": table, "ONE": one}.get(word, word) for word in words))
    assert (code, printed) == (2, "") and told in said and "Try:" in said

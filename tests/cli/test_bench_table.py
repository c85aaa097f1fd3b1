import json
from collections.abc import Callable
from pathlib import Path

import pytest

from hubscore.cli.bench_table import TableOptions, is_table
from hubscore.cli.main import main

Run = Callable[..., tuple[int, str, str]]
SCORES = "model,architecture,source,target,accuracy,mine\n" + "".join(
    f"{a}{s},{a},{s},{t},{(n % 7) / 10},{n % 5}\n"
    for n, (a, s, t) in enumerate((a, s, t) for a in "abc" for s in "xyz" for t in "pqrs")
)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run ``hubscore bench scores.csv ...`` in this process; return exit code, stdout and stderr."""
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "scores.csv").write_text(SCORES)
    monkeypatch.chdir(tmp_path)

    def command(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["bench", "scores.csv", *map(str, words)])
        captured = capsys.readouterr()
        return int(ended.value.code or 0), captured.out, captured.err

    return command


def test_one_saved_ranking_is_no_table_by_itself() -> None:
    assert not is_table(["a.json"], TableOptions()) and not is_table([], TableOptions())
    assert is_table(["a.json"], TableOptions(vary="both")) and is_table(["a.json", "b.json"], TableOptions())
    assert is_table(["rankings"], TableOptions()) and is_table(["user/results"], TableOptions())


def test_the_table_is_on_stdout_and_what_was_measured_on_stderr(run: Run) -> None:
    code, out, err = run("--format", "human")
    assert code == 0 and out.split("\n")[1].split()[0] == "mine"
    assert "Varying source and architecture: 36 transfers in 4 groups." in err


def test_the_four_modes_stand_side_by_side(run: Run) -> None:
    _, out, err = run("--vary", "all", "--format", "human")
    header, line = out.strip().splitlines()
    assert header.split()[2:] == ["SOURCE_AND_ARCHITECTURE", "SOURCE", "ARCHITECTURE", "TARGET"]
    assert line.split()[0] == "mine" and len(line.split()) == 5 and err.count("Varying") == 4


def test_json_holds_groups_where_they_are_asked_for(run: Run) -> None:
    rows = json.loads(run("--by-group", "--leave-out", "p,q", "--json")[1])
    assert [row["group"] for row in rows] == ["all groups", "r", "s"]


def test_quiet_prints_names(run: Run) -> None:
    assert run("-q") == (0, "mine\n", "")


def test_files_are_kept_and_read_again(run: Run) -> None:
    code, out, _ = run("--out", "m.tex", "--save-table", "kept.csv", "--json")
    assert code == 0 and Path("m.tex").read_text().startswith(r"\begin{tabular}")
    Path("scores.csv").write_text(Path("kept.csv").read_text())
    assert run("--json")[1] == out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--vary", "all of it"], "Cannot vary 'all of it'"),
        (["--leave-out", "z"], "Cannot leave out 'z'"),
        (["--out", "m.txt"], "the ending must be"),
        (["--save-table", "m.json"], "the ending must be .csv"),
        (["--finetune", "3"], "--finetune goes with one ranking"),
        (["--train", "both"], "--train both goes with one ranking"),
        (["--train", "head"], "no accuracies of re-trained heads"),
        (["--on-dataset", "p"], "--on-dataset goes with one ranking"),
        (["--history", "x"], "exclude each other"),
    ],
)
def test_what_has_no_meaning_is_refused(run: Run, words: list[str], said: str) -> None:
    code, out, err = run(*words)
    assert code != 0 and not out and said in err

import json
import shlex
from dataclasses import replace

import pytest
from e2e.conftest import colours

from hubscore.cli.main import main
from hubscore.recommend.history_file import save_history
from hubscore.recommend.sources import build_history
from hubscore.run.options import RunOptions
from hubscore.run.proxy_pass import look

__all__ = ["colours"]  # a fixture

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


def test_the_hint_chooses_the_same_models_again(run, table, tmp_path):
    spaced = tmp_path / "my accuracies.csv"
    spaced.write_text(table.read_text())
    words = ("recommend", "my photos", "--history", spaced, "--max-params", "100k", "--license", "mit", "--limit", 2)
    code, printed, _ = run(*words, "--unlabeled", "--by", "meta", "--rank", 1, "-q")
    hint = run(*words, "--unlabeled", "--by", "meta", "--rank", 1, "--format", "human")[2].splitlines()[-1]
    first, then = hint.removeprefix("Hint: ").removesuffix(" runs these over your data").split(" | ")
    assert then == "hubscore rank 'my photos' --models - --unlabeled" and code == 0
    again = run(*shlex.split(first)[1:])
    assert again == (0, printed, "") and printed == "lab/m2\nlab/m1\n"


def test_the_results_of_who_is_logged_in_are_the_history_where_none_is_named(run, table, monkeypatch):
    monkeypatch.setattr("hubscore.cli.history_source.own_results", lambda: str(table))
    code, printed, said = run("recommend", "me/birds", "--limit", 1, "--rank", 1, "--format", "human")
    assert code == 0 and "lab/m4" in printed and f"The history is {table}, your own results on the Hub" in said


@pytest.mark.parametrize(
    "words",
    [
        ["recommend"],
        ["recommend", "x", "--history", "t.csv", "--by", "luck"],
        ["recommend", "x", "--history", "t.csv", "--classes", "-3"],
    ],
)
def test_bad_usage(run, words):
    code, printed, said = run(*words)
    assert code == 2 and printed == "" and "Try:" in said


@pytest.fixture(scope="module")
def seen(hub, tiny_repos, colours):
    """What a tiny proxy sees in a data set."""
    return look(colours, tiny_repos.timm, run=RunOptions(device="cpu"))


@pytest.fixture
def looked(seen, table, tmp_path):
    """A history whose data sets a tiny proxy saw, by what it is called there."""

    def saved(name):
        past = build_history(table)
        save_history(
            replace(past, task_vectors=dict.fromkeys(past.tasks, replace(seen, proxy=name))), tmp_path / "past"
        )
        return tmp_path / "past"

    return saved


@pytest.mark.parametrize("by", [(), ("--by", "history"), ("--by", "meta")])
def test_no_proxy_is_fetched_or_run_for_an_order_that_uses_none(run, looked, colours, by):
    words = ("recommend", colours, "--history", looked("tiny/gone"), "--rank", 1, *by)  # it would fail, and say so
    code, printed, said = run(*words, "--format", "human")
    assert code == 0 and "lab/m4" in printed
    assert "tiny/gone" not in said and "No proxy ran, since this order does not use one: --proxy or --by merged" in said


@pytest.mark.parametrize("by", ["merged", "regression", "trans"])
def test_an_order_that_uses_a_place_runs_the_proxy_of_the_history(run, looked, colours, by):
    words = ("recommend", colours, "--history", looked("tiny/gone"), "--rank", 1, "--by", by, "--format", "human")
    assert "Warning: tiny/gone, by which the history knows data sets, did not look at yours" in run(*words)[2]
    _, _, said = run(*words, "--proxy", "none")
    assert "tiny/gone" not in said and "No proxy looked at the data set" in said


def test_where_it_can_be_had_it_places_the_data_set(run, looked, colours, tiny_repos):
    words = ("recommend", colours, "--history", looked(tiny_repos.timm), "--rank", 1, "--format", "human")
    code, _, said = run(*words, "--by", "merged")
    assert code == 0 and f"Placed by what {tiny_repos.timm} sees, learned from 4 data sets" in said
    code, _, said = run(*words, "--proxy", tiny_repos.timm)
    assert code == 0 and "No proxy ran" not in said and "Ordered by the plain mean" in said


def test_an_order_that_there_is_not_is_refused_before_a_proxy_runs(run, looked, colours):
    words = ("recommend", colours, "--history", looked("tiny/gone"), "--by", "luck", "--proxy", "tiny/gone")
    code, _, said = run(*words)
    assert code == 2 and "ordered by 'luck'" in said and "tiny/gone" not in said

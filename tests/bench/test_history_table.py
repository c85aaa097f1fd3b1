from dataclasses import replace

import numpy as np
import pytest
from resultscene import made, ranking  # noqa: F401 - a fixture

from hubscore.bench import history_table as module
from hubscore.bench.history_table import HistoryTable, Method, history_table, sentences
from hubscore.errors import UsageError
from hubscore.recommend.history import History, TaskFacts
from hubscore.types import Row


def by_name(table):
    return {line.name: line for line in table.methods}


def test_the_mean_is_what_a_few_lines_of_numpy_give():
    values = np.random.default_rng(0).uniform(0.2, 0.9, size=(8, 5))
    table = history_table(History.of([f"m{n}" for n in range(8)], list("abcde"), values))
    z = (values - values.mean(axis=0)) / values.std(axis=0)
    others = [z[:, [t for t in range(5) if t != task]].mean(axis=1) for task in range(5)]
    expected = np.mean([np.corrcoef(others[task], values[:, task])[0, 1] for task in range(5)])
    lost = np.mean([values[:, task].max() - values[np.argmax(others[task]), task] for task in range(5)])
    mean = by_name(table)["mean history"]
    assert mean.pearson == pytest.approx(expected, abs=1e-10) and mean.regret == pytest.approx(lost)
    assert (mean.needs_labels, mean.needs_forward_pass, mean.datasets, mean.pairs) == (False, False, 5, 40)
    assert abs(by_name(table)["random"].pearson) < 0.3 and mean.milliseconds > 0


def test_other_accuracies_judge_and_the_data_set_itself_never_enters():
    values = np.array([[0.1, 0.2, 0.9], [0.2, 0.3, 0.8], [0.3, 0.4, 0.7], [0.4, 0.5, 0.6]])
    past = History.of(list("abcd"), ["x", "y", "me/z"], values)
    truth = History.of(list("abcd"), ["you/Z"], np.array([[0.4], [0.3], [0.2], [0.1]]))
    mean = by_name(history_table(past, truth))["mean history"]
    assert mean.pearson == pytest.approx(-1) and mean.datasets == 1


def test_a_renamed_copy_is_left_out_too():
    values = np.linspace(0.1, 0.4, 4)[:, None] * [1, -1, -1, -1] + [0, 1, 1, 1]
    past = History.of(list("abcd"), ["x", "y", "copy", "another"], values)
    truth = History.of(list("abcd"), ["y"], values[:, 1:2])
    assert by_name(history_table(past, truth))["mean history"].pearson == pytest.approx(1)
    marked = {name: TaskFacts(name, fingerprints=("f",)) for name in ("y", "copy", "another")}
    assert by_name(history_table(replace(past, task_facts=marked), truth))["mean history"].pearson == pytest.approx(-1)


def test_an_estimated_history_says_that_estimates_judge_it():
    values = np.random.default_rng(0).uniform(size=(5, 3))
    table = history_table(History.of(list("abcde"), ["x", "y", "z"], values, score="fda"))
    assert any("fda, an estimate and no accuracy" in note for note in sentences(table))


def test_scores_stand_beside_with_labels_and_time(ranking):  # noqa: F811
    values = np.random.default_rng(0).uniform(size=(5, 3))
    past = History.of([f"lab/m{n}" for n in range(5)], ["x", "y", "birds"], values)
    rows = tuple(
        Row(n + 1, f"lab/m{n}", "r", "timm", scores={"logme": float(values[n, 2]), "energy": -float(values[n, 2])})
        for n in range(5)
    )
    run = made(ranking, "2026-01-01T00:00:00Z", dataset="me/birds")
    run = replace(run, rows=rows, scores={}, record=replace(run.record, milliseconds={"logme": 12.5}))
    table = history_table(past, rankings=[run])
    logme, energy = by_name(table)["logme"], by_name(table)["energy"]
    assert (logme.pearson, logme.milliseconds, logme.needs_labels) == (pytest.approx(1), 12.5, True)
    assert (energy.pearson, energy.milliseconds, energy.needs_labels) == (pytest.approx(-1), None, False)
    assert logme.needs_forward_pass and table.methods[-2].name == "logme"
    assert any("forward pass" in note for note in table.notes)


@pytest.mark.parametrize("values", [np.ones((4, 1)), np.ones((2, 4)), np.full((4, 3), 0.5)])
def test_a_history_that_nothing_can_be_left_out_of_is_refused(values):
    past = History.of([f"m{n}" for n in range(values.shape[0])], [f"t{n}" for n in range(values.shape[1])], values)
    with pytest.raises(UsageError, match="No data set can be left out"):
        history_table(past)


def test_of_a_large_history_some_are_drawn_and_said(monkeypatch):
    monkeypatch.setattr(module, "MOST_TASKS", 2)
    values = np.random.default_rng(0).uniform(size=(4, 5))
    table = history_table(History.of(list("abcd"), list("vwxyz"), values))
    assert by_name(table)["mean history"].datasets == 2
    assert any("2 of 5 data sets were left out, drawn with seed 0" in note for note in table.notes)


def test_only_a_higher_correlation_is_claimed():
    def line(name, value):
        return Method(name, False, False, value, value, 0.0, 1.0, 1.0, 3, 12)

    mean, better, worse = line("mean history", 0.7), line("NMF alone", 0.8), line("META alone", 0.1)
    said = " a higher mean correlation than the plain mean, over 3 data sets"
    assert sentences(HistoryTable((mean, better, worse)))[0] == f"NMF alone has{said}"
    assert sentences(HistoryTable((mean, worse)))[0] == f"No other method of the history has{said}"

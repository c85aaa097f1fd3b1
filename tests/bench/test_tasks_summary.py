import pytest

from hubscore.bench.tasks_run import TaskResult
from hubscore.bench.tasks_summary import levels_of, summarize
from hubscore.finetune.loop import Outcome


def result(number, classes, leep, accuracy, *, source="net", scratch=None, f1=0.5, undefined=False):
    reached = {"head": Outcome((accuracy,), f1), "all": Outcome((accuracy,), f1, (accuracy / 2, accuracy))}
    if scratch is not None:
        reached["scratch"] = Outcome((scratch,), f1)
    scores = {} if undefined else {"leep": leep}
    return TaskResult(source, {"task": number, "classes": classes}, scores | {"-ln C": -classes / 10}, {}, reached)


def lines(results, truth="all accuracy"):
    return {line.name: line for line in summarize(results).lines if line.truth == truth}


TASKS = [
    *(result(n, 2, -0.1 * n, 0.9 - 0.01 * n) for n in range(4)),  # right within two classes
    *(result(4 + n, 3, -1.0 - 0.1 * n, 0.5 + 0.01 * n) for n in range(4)),  # wrong within three
]


def test_correlations_over_all_tasks_and_within_one_number_of_classes():
    made = lines(TASKS)["leep"]
    assert made.tasks == 8 and made.pearson > 0.9
    assert (made.within_low, made.within_high) == (
        pytest.approx(-1),
        pytest.approx(1),
    ) and made.within == pytest.approx(0)
    assert lines(TASKS)["-ln C"].within is None and lines(TASKS)["-ln C"].pearson > 0.95
    assert made.over_sources is None


def test_each_truth_has_its_lines_best_first():
    truths = [line.truth for line in summarize(TASKS).lines]
    assert list(dict.fromkeys(truths)) == ["head accuracy", "head F1", "all accuracy", "all F1"]
    assert lines(TASKS, "all F1")["leep"].pearson is None  # every F1 is the same
    pearsons = [line.pearson for line in summarize(TASKS).lines if line.truth == "all accuracy"]
    assert pearsons == sorted(pearsons, reverse=True)


def test_a_score_that_some_tasks_lack_counts_the_others_and_makes_no_levels():
    made = summarize([*TASKS, result(9, 2, 0.0, 0.1, undefined=True)])
    assert next(line for line in made.lines if line.name == "leep").tasks == 8
    assert made.by is None and made.levels == ()


def test_five_levels_hold_every_task_once_and_rise_with_the_score():
    results = [result(n, 2, float(n), 0.05 * n, scratch=0.1) for n in (3, 1, 4, 0, 5, 9, 2, 6, 8, 7, 10)]
    levels = levels_of(results, "leep")
    assert [level.tasks for level in levels] == [3, 2, 2, 2, 2] and [level.level for level in levels] == [1, 2, 3, 4, 5]
    assert levels[0].score == pytest.approx(1) and levels[0].reached["all"] == pytest.approx(0.05)
    assert levels[-1].gain == (pytest.approx(9.5 * 0.025 - 0.1), pytest.approx(9.5 * 0.05 - 0.1))
    assert levels_of(results[:4], "leep") == () and levels_of(TASKS, "leep")[0].gain == ()


def test_over_sources_of_one_task_the_better_source_is_found():
    results = [
        result(task, 2, value + task, 0.1 * value + 0.01 * task, source=f"net{value}")
        for task in range(2)
        for value in range(3)
    ]
    assert lines(results)["leep"].over_sources == pytest.approx(1)


def test_no_tasks_are_no_lines():
    made = summarize([])
    assert made.lines == () and made.levels == () and made.to_json() == {"lines": (), "by": None, "levels": ()}

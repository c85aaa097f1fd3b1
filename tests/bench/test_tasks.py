import doctest

import numpy as np
import pytest

from hubscore.bench import tasks as module
from hubscore.bench.tasks import draw_tasks, named, read_classes
from hubscore.errors import DatasetError, UsageError

LABELS = np.repeat(np.arange(6), [30, 30, 30, 30, 30, 8])


def drawn(**words):
    return draw_tasks(LABELS, **{"count": 12, "least": 2, "most": 4, **words})


def test_tasks_are_subsets_of_classes_and_train_on_no_row_that_any_of_them_tests_on():
    tasks = drawn()
    assert {len(task.classes) for task in tasks} == {2, 3, 4} and len({task.classes for task in tasks}) > 6
    for task in tasks:
        assert set(LABELS[task.train]) == set(LABELS[task.test]) == set(task.classes)
        assert len(task.test) == sum(3 if label == 5 else 10 for label in task.classes)  # a third of 8 or 30
        assert len(task.train) == sum(5 if label == 5 else 20 for label in task.classes)
    trained, tested = (set(np.concatenate([getattr(task, part) for task in tasks])) for part in ("train", "test"))
    assert not trained & tested


def test_the_same_seed_draws_the_same_and_more_tasks_begin_with_the_fewer():
    first, more, other = drawn(count=3), drawn(count=5), drawn(count=3, seed=1)
    assert [task.train.tolist() for task in first] == [task.train.tolist() for task in more[:3]]
    assert [task.classes for task in first] != [task.classes for task in other]


def test_small_draws_have_five_of_each_class_and_imbalanced_ones_five_or_more():
    for task in drawn(draw="small"):
        assert set(np.bincount(LABELS[task.train])) <= {0, 5}
    counts = [np.bincount(LABELS[task.train], minlength=6)[list(task.classes)] for task in drawn(draw="imbalanced")]
    assert all((5 <= each).all() and (each <= 20).all() for each in counts)
    assert any(each.max() > 2 * each.min() for each in counts)
    assert [len(task.test) for task in drawn(draw="imbalanced")] == [len(task.test) for task in drawn(draw="small")]


def test_labels_of_a_task_count_from_nought():
    task = drawn()[0]
    made = task.relabelled(LABELS[task.train])
    assert set(made) == set(range(len(task.classes)))
    assert [task.classes[label] for label in made] == LABELS[task.train].tolist()
    assert named(task, list("abcdef"))["class_names"] == [list("abcdef")[label] for label in task.classes]


def test_classes_with_too_few_rows_are_in_no_task_and_too_few_classes_are_an_error():
    assert any(5 in task.classes for task in drawn(count=40))
    assert not any(5 in task.classes for task in drawn(count=40, per_class=6))
    with pytest.raises(DatasetError, match="Only 5 classes"):
        drawn(most=6, per_class=6)


@pytest.mark.parametrize("words", [{"least": 1}, {"least": 5}, {"count": 0}, {"per_class": 0}])
def test_what_cannot_be_drawn_is_refused(words):
    with pytest.raises(UsageError):
        drawn(**words)


@pytest.mark.parametrize("text", ["", "2..", "a..b", "1..3", "5..2", "2...5", "-2..5"])
def test_numbers_of_classes_are_two_with_dots_between(text):
    with pytest.raises(UsageError):
        read_classes(text)


def test_examples():
    assert doctest.testmod(module).failed == 0

import numpy as np
import pytest

from hubscore.errors import UsageError
from hubscore.recommend.history import History, Kind, ModelFacts, TaskFacts


@pytest.fixture
def history():
    values = np.array([[0.9, np.nan, 0.2], [0.5, 0.4, 0.1]])
    return History.of(["a", "b"], ["you/birds", "cars", "pets"], values)


def test_words_tell_measured_from_estimated(history):
    assert history.words == "2 models x 3 data sets, 5 of 6 cells known: accuracies after fine-tuning (measured)"
    estimated = History.of(history.models, history.tasks, history.values, score="fda")
    assert estimated.words.endswith("fda (estimated)") and not estimated.mixed
    kinds = history.kinds.copy()
    kinds[0, 0] = Kind.ESTIMATED
    both = History(history.models, history.tasks, history.values, kinds, score="fda")
    assert both.mixed and "4 accuracies after fine-tuning (measured), 1 of fda (estimated), mixed" in both.words


def test_a_data_set_is_left_out_under_whosever_name_and_revision(history):
    assert history.without_task("me/Birds@main").tasks == ("cars", "pets")
    assert history.without_task("boats") is history
    glue = History.of(["a"], ["glue:sst2", "cars"], np.ones((1, 2)))
    facts = {"glue:sst2": TaskFacts("glue")}
    named = History(glue.models, glue.tasks, glue.values, glue.kinds, task_facts=facts)
    assert named.without_task("nyu/glue").tasks == ("cars",)


def test_rows_and_columns_are_taken_together(history):
    part = history.select(models=[1], tasks=[2, 0])
    assert (part.models, part.tasks) == (("b",), ("pets", "you/birds"))
    assert part.values.tolist() == [[0.1, 0.5]] and part.kinds.tolist() == [[2, 2]]


def test_parts_that_do_not_fit_are_refused(history):
    with pytest.raises(UsageError, match="do not fit"):
        History(("a",), history.tasks, history.values, history.kinds)


def test_newer_facts_win_and_older_ones_fill():
    newer, older = ModelFacts(revision="new", layers=3), ModelFacts(revision="old", parameters=7)
    assert newer.over(older) == ModelFacts(revision="new", parameters=7, layers=3)
    assert TaskFacts("a", classes=3).over(TaskFacts("a", classes=2, samples=9)) == TaskFacts("a", classes=3, samples=9)


def test_a_data_set_is_found_by_another_owners_name(history):
    assert history.task_called("cars") == "cars" and history.task_called("me/Birds@v1") == "you/birds"
    with pytest.raises(UsageError, match="does not hold the data set 'boats'"):
        history.task_called("boats")

from dataclasses import replace

import numpy as np
import pytest

from hubscore.errors import UsageError
from hubscore.recommend.fitted import fit_history
from hubscore.recommend.history import History, TaskVector
from hubscore.recommend.order_choice import choose_order
from hubscore.recommend.recommend import recommend


@pytest.fixture
def known(rng):
    values = np.linspace(0.2, 0.8, 8)[:, None] + 0.05 * rng.uniform(size=(8, 5))
    history = History.of([f"m{i}" for i in range(8)], [f"t{i}" for i in range(5)], values)
    vectors = {f"m{i}": rng.normal(size=4).astype(np.float32) for i in range(8)}
    seen = {task: TaskVector("lab/eye", "1", rng.normal(size=3)) for task in history.tasks}
    return replace(history, architecture_vectors=vectors, task_vectors=seen)


def test_merged_where_the_evidence_speaks_for_it_and_the_mean_everywhere_else(known, rng):
    eye = TaskVector("lab/eye", "1", rng.normal(size=3))
    made = recommend("new", known, task_vector=eye, rank=1)
    assert made.by == "merged" and "a proxy placed the data set" in made.notes[0]
    assert all(row.score == pytest.approx(0.5 * row.trans + 0.5 * row.meta) for row in made)
    for history, vector, told in (
        (known, None, "without a proxy"),
        (known, TaskVector("lab/other", "1", eye.vector), "without a proxy"),
        (replace(known, architecture_vectors={}), eye, "without architecture vectors"),
        (replace(known, kinds=np.ones_like(known.kinds), score="fda"), eye, "in histories of estimates"),
    ):
        made = recommend("new", history, task_vector=vector, rank=1)
        assert made.by == "history" and told in made.notes[0]


def test_an_order_that_there_is_not(known):
    with pytest.raises(UsageError, match="luck"):
        choose_order("luck", fit_history(known, rank=1, interval=False), placed=False)

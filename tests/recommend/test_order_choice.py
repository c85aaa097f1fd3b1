from dataclasses import replace

import numpy as np
import pytest

from hubscore.errors import UsageError
from hubscore.recommend.history import History, TaskVector
from hubscore.recommend.order_choice import ORDERS, choose_order
from hubscore.recommend.recommend import recommend


def test_the_mean_of_the_history_with_a_proxy_and_architecture_vectors_too(rng):
    values = np.linspace(0.2, 0.8, 8)[:, None] + 0.05 * rng.uniform(size=(8, 5))
    history = History.of([f"m{i}" for i in range(8)], [f"t{i}" for i in range(5)], values)
    vectors = {f"m{i}": rng.normal(size=4).astype(np.float32) for i in range(8)}
    seen = {task: TaskVector("lab/eye", "1", rng.normal(size=3)) for task in history.tasks}
    known = replace(history, architecture_vectors=vectors, task_vectors=seen)
    made = recommend("new", known, task_vector=TaskVector("lab/eye", "1", rng.normal(size=3)), rank=1)
    assert made.by == "history" and made.notes[0].startswith("Ordered by the plain mean of past standings, the default")
    asked = recommend("new", known, task_vector=seen["t0"], rank=1, by="merged")
    assert asked.by == "merged" and any(note.startswith("Placed by what lab/eye sees") for note in asked.notes)


@pytest.mark.parametrize("by", ORDERS)
def test_what_is_asked_for_is_done_and_said(by):
    assert choose_order(by)[0] == by and choose_order(by)[1].endswith("as asked for")


def test_an_order_that_there_is_not():
    with pytest.raises(UsageError, match="luck"):
        choose_order("luck")

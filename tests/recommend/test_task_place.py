from dataclasses import replace

import numpy as np
import pytest

from hubscore.recommend.fitted import fit_history
from hubscore.recommend.history import History, TaskVector
from hubscore.recommend.recommend import recommend
from hubscore.recommend.task_place import place_of


def seen(kind, proxy="lab/proxy", revision="1"):
    return TaskVector(proxy, revision, np.array([float(kind), 0.0]))


@pytest.fixture
def history(rng):
    """Half of the models are good on texture, half on shape; the proxy sees which a data set is about."""
    values = 0.2 + 0.6 * np.kron(np.eye(2), np.ones((4, 5))) + 0.02 * rng.uniform(size=(8, 10))
    tasks = [f"texture{i}" for i in range(5)] + [f"shape{i}" for i in range(5)]
    made = History.of([f"m{i}" for i in range(8)], tasks, values)
    return replace(made, task_vectors={task: seen(task.startswith("shape")) for task in tasks})


def test_the_proxy_decides_which_models_come_first(history):
    for kind, best in ((0, range(4)), (1, range(4, 8))):
        made = recommend("new", history, task_vector=seen(kind), rank=2, by="trans", limit=4)
        assert set(made.models) == {f"m{i}" for i in best}
        assert any(note.startswith("Placed by what lab/proxy sees, learned from 10") for note in made.notes)


def test_a_known_data_set_is_placed_by_its_own_vector_and_not_by_its_cells(history):
    made = recommend("texture0", history, rank=2, by="trans", limit=4)
    assert set(made.models) == {"m0", "m1", "m2", "m3"}
    assert any("learned from 9 data sets" in note for note in made.notes)


@pytest.mark.parametrize(
    "vector", [None, seen(1, "other/proxy"), seen(1, revision="2"), TaskVector("lab/proxy", "1", np.ones(5))]
)
def test_without_vectors_of_the_same_proxy_it_stands_at_the_mean(history, vector):
    place, said = place_of(fit_history(history, rank=2, interval=False), vector)
    assert place is None and "mean" in said

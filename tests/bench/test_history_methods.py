from dataclasses import replace

import numpy as np
import pytest

from hubscore.bench.history_methods import DRAWS, predictions
from hubscore.recommend.fitted import fit_history
from hubscore.recommend.history import History, ModelFacts, TaskFacts, TaskVector
from hubscore.recommend.task_place import place_of


@pytest.fixture
def past():
    rng = np.random.default_rng(0)
    models, tasks = [f"m{n}" for n in range(6)], [f"t{n}" for n in range(4)]
    facts = {model: ModelFacts(parameters=10**n) for n, model in enumerate(models)}
    return replace(History.of(models, tasks, rng.uniform(size=(6, 4))), model_facts=facts)


def test_every_method_with_what_recommend_itself_computes(past):
    facts = TaskFacts("new")
    found = predictions(past, facts)
    fitted = fit_history(past, interval=False)
    trans, meta, merged = fitted.predict(None, facts, 0.5)
    assert list(found) == [
        "random",
        "size",
        "mean history",
        "META alone",
        "NMF alone",
        "Fennec merged",
        "ridge regression",
    ]
    assert found["random"].values.shape == (DRAWS, 6) and np.argmax(found["size"].values) == 5
    for name, values in {"NMF alone": trans, "META alone": meta, "Fennec merged": merged}.items():
        assert np.allclose(found[name].values, values, atol=1e-12)
    assert np.array_equal(found["mean history"].values, fitted.mean_history)
    assert found["NMF alone"].fit_milliseconds > found["mean history"].fit_milliseconds == 0
    assert all(one.milliseconds > 0 for one in found.values())


def test_with_a_proxy_the_place_of_the_data_set_counts(past):
    rng = np.random.default_rng(1)
    seen = {task: TaskVector("eye", "r", rng.normal(size=3)) for task in past.tasks}
    past = replace(past, task_vectors=seen)
    facts, vector = TaskFacts("new"), TaskVector("eye", "r", rng.normal(size=3))
    found = predictions(past, facts, vector)
    fitted = fit_history(past, interval=False)
    expected = fitted.predict(place_of(fitted, vector)[0], facts, 0.5)[0]
    assert np.allclose(found["NMF alone, proxy"].values, expected) and "META alone, proxy" not in found
    assert "NMF alone, proxy" not in predictions(past, facts, replace(vector, proxy="another eye"))


def test_what_a_history_is_too_small_for_is_not_there(past):
    found = predictions(replace(past.select(tasks=[0]), model_facts={}), TaskFacts("new"))
    assert "ridge regression" not in found and "size" not in found and "mean history" in found

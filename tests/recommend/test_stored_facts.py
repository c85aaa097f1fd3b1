import numpy as np
import pytest

from hubscore.recommend.history import MOST_FINGERPRINTS, ModelFacts, TaskFacts
from hubscore.recommend.stored_facts import facts_of, vectors_of_tasks


def test_what_is_known_comes_back():
    row = {"revision": "abc", "parameters": 10, "layers": 5, "family": "vit", "license": "mit"}
    assert facts_of(ModelFacts, row) == ModelFacts("abc", 10, 5, "vit", "mit")
    row = {"dataset": "me/x", "classes": 3, "samples": 9, "modality": "audio", "fingerprints": "f1 f2"}
    assert facts_of(TaskFacts, row) == TaskFacts("me/x", None, 3, 9, "audio", ("f1", "f2"))


@pytest.mark.parametrize("wrong", ["many", 1.5, [1], True, -5, 0, 10**18])
def test_what_is_no_count_is_not_known(wrong):
    assert facts_of(ModelFacts, {"parameters": wrong, "layers": wrong}) == ModelFacts()


def test_fingerprints_are_bounded_and_texts_alone():
    many = " ".join(f"f{n}" for n in range(1000))
    assert len(facts_of(TaskFacts, {"dataset": "x", "fingerprints": many}).fingerprints) == MOST_FINGERPRINTS
    assert facts_of(TaskFacts, {"dataset": "x", "fingerprints": 7}).fingerprints == ()


@pytest.mark.parametrize("vector", [np.ones((2, 2)), np.array([1.0, np.nan]), None])
def test_a_vector_that_no_proxy_gives_is_not_known(vector):
    row = {"task": "x", "proxy": "lab/eye", "proxy_revision": None}
    assert list(vectors_of_tasks([row], {"task_vector/0": np.ones(2)})) == ["x"]
    assert vectors_of_tasks([row], {} if vector is None else {"task_vector/0": vector}) == {}

from dataclasses import replace

import numpy as np
import pytest

from hubscore.recommend.history import History, ModelFacts, TaskFacts
from hubscore.recommend.meta_features import MetaFeatures, task_facts_of, with_models


@pytest.fixture
def history():
    facts = {f"v{i}": ModelFacts(parameters=10**i, family="vit") for i in range(1, 4)}
    facts |= {f"r{i}": ModelFacts(parameters=10**i, layers=10, family="resnet") for i in range(1, 3)}
    base = History.of(list(facts), ["birds", "cars"], np.full((5, 2), 0.5))
    return replace(base, model_facts=facts, task_facts={"birds": TaskFacts("birds", classes=10, samples=1000)})


def test_columns_of_models(history):
    made = MetaFeatures.fit(history).of_history(history)
    assert made[:, 0].tolist() == [1, 2, 3, 1, 2]
    assert made[:, 1].tolist() == [1] * 5  # depth: the mean of what is known
    assert made[:, 2].tolist() == [1, 1, 1, 0, 0]  # vit; two of resnet are no column
    assert made.shape == (5, 3)


def test_columns_of_data_sets(history):
    made = MetaFeatures.fit(history)
    assert made.tasks(task_facts_of(history)).tolist() == [[1, 3], [1, 3]]
    assert made.tasks([TaskFacts("new", classes=100)]).tolist() == [[2, 3]]


def test_architecture_vectors_become_clusters(history, rng):
    vectors = {name: (rng.normal(size=4) * 0.01 + (name[0] == "v")).astype(np.float32) for name in history.models}
    seen = replace(history, architecture_vectors=vectors)
    made = MetaFeatures.fit(seen)
    clusters = made.of_history(seen)[:, 2:]
    assert clusters.shape == (5, 2) and len(np.unique(clusters[:3], axis=0)) == 1
    assert (clusters[0] != clusters[4]).any()
    assert made.models([ModelFacts()], [None])[0, 2:].tolist() == [0.5, 0.5]


def test_nothing_known_is_no_column():
    bare = History.of(["a", "b"], ["c"], np.array([[0.1], [0.2]]))
    made = MetaFeatures.fit(bare)
    assert made.of_history(bare).shape == (2, 0) and made.tasks(task_facts_of(bare)).shape == (1, 0)


def test_models_without_history_get_empty_rows(history):
    wide = with_models(history, {"new": ModelFacts(parameters=5), "v1": ModelFacts(parameters=99)})
    assert wide.models[-1] == "new" and np.isnan(wide.values[-1]).all() and wide.model_facts["v1"].parameters == 10
    assert with_models(history, {"v1": ModelFacts()}) is history

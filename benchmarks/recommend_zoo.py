"""What ``recommend_truth.py`` knows of the zoo: scores, proxies' views and architectures, by hubscore's own parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from truth import DEFAULT, candidates_of, extracted

from hubscore.models.load import load_network
from hubscore.probe.load import load_probe
from hubscore.ranking.build import build_ranking
from hubscore.recommend.archi2vec.autograd_graph import architecture_graph
from hubscore.recommend.archi2vec.embedding import fit_embedding
from hubscore.recommend.history import ModelFacts
from hubscore.recommend.proxy import pool

SAMPLES = 400
PROXIES = ("google/mobilenet_v1_1.0_224", "google/mobilenet_v2_1.0_224", "keras/mobilenet_v1_0.25_224")


@dataclass(frozen=True)
class Eyes:
    """Shapes are (models, tasks); NaN where a model's source is the task. ``again`` are the accuracies of a second
    fine-tuning; ``views`` hold mean and standard deviation of each feature, the means first.
    """

    models: list[str]
    tasks: list[str]
    accuracies: np.ndarray
    again: np.ndarray
    fda: np.ndarray
    consensus: np.ndarray
    views: Mapping[tuple[str, str], np.ndarray]
    classes: Mapping[str, int]
    samples: Mapping[str, int]
    model_facts: Mapping[str, ModelFacts]
    architectures: Mapping[str, np.ndarray]


def zoo_eyes(zoo: Path, cache: Path) -> Eyes:
    """Look at every data set with every checkpoint, or take it from the cache."""
    oracle = pd.read_csv(zoo / "oracle.csv")
    oracle = oracle[oracle["source"] != oracle["target"]]
    accuracies = oracle.pivot(index="model", columns="target", values="accuracy").sort_index()
    second = pd.read_csv(zoo / "oracle_seed1.csv").pivot(index="model", columns="target", values="accuracy")
    again = second.reindex(index=accuracies.index, columns=accuracies.columns).where(accuracies.notna())
    models, tasks = list(accuracies.index), list(accuracies.columns)
    fda, consensus = np.full(accuracies.shape, np.nan), np.full(accuracies.shape, np.nan)
    views, classes = {}, {}
    for column, task in enumerate(tasks):
        probe = load_probe(str(zoo / "datasets" / task), split="train", samples=SAMPLES)
        candidates = candidates_of(zoo, oracle[oracle["target"] == task])
        found = extracted(zoo, candidates, probe, cache, DEFAULT)
        classes[task] = len(probe.classes)
        for proxy in PROXIES:
            if proxy in found:
                views[proxy, task] = pool(found[proxy].features["penultimate"], pooling="mean+sd")
        for row in build_ranking(candidates, found, probe):
            place = models.index(row.model)
            fda[place, column] = row.scores.get("fda", np.nan)
            consensus[place, column] = np.nan if row.consensus is None else row.consensus
        print(task, flush=True)
    sizes = pd.read_csv(zoo / "datasets.csv").set_index("dataset")["train"]
    first = oracle.drop_duplicates("model")
    graphs, facts = {}, {}
    for candidate, family in zip(candidates_of(zoo, first), first["architecture"], strict=True):
        network = load_network(candidate, zoo / "models" / candidate.repo_id)
        graphs[candidate.repo_id] = architecture_graph(network)
        facts[candidate.repo_id] = ModelFacts(parameters=network.parameters, layers=network.layers, family=family)
    embedding = fit_embedding(list(graphs.values()))
    return Eyes(
        models,
        tasks,
        accuracies.to_numpy(),
        again.to_numpy(),
        fda,
        consensus,
        views,
        classes,
        {task: int(sizes[task]) for task in tasks},
        facts,
        {model: embedding.transform(graph) for model, graph in graphs.items()},
    )

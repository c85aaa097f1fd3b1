import json

import numpy as np
import pytest
from PIL import Image

from hubscore.bench.tasks_run import SCORES, TaskOptions, run_tasks, task_columns
from hubscore.errors import CandidateError, DatasetError, UsageError
from hubscore.run.options import RunOptions
from hubscore.types import Probe

N, CLASSES = 60, 3


def drawn(labelled="classification"):
    """Dark, grey and light pictures."""
    rng = np.random.default_rng(0)
    labels = np.arange(N) % CLASSES
    images = [Image.fromarray((rng.integers(0, 60, (32, 32, 3)) + 90 * label).astype(np.uint8)) for label in labels]
    known = (
        (labels, ("dark", "grey", "light"), labelled) if labelled == "classification" else (labels * 1.0, (), labelled)
    )
    return Probe("photos", None, "train", None, tuple(range(N)), *known, f"{N:016x}", 0, items=images)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    return RunOptions(device="cpu", cache_dir=tmp_path_factory.mktemp("cache"))


OPTIONS = TaskOptions(tasks=2, classes=(2, 3), scores="leep,nce,h_score@4", scratch=True)


@pytest.fixture(scope="module")
def results(tiny_repos, running):
    return list(run_tasks([tiny_repos.timm], drawn(), OPTIONS, run=running))


def test_every_task_has_scores_and_what_each_training_reached(results, tiny_repos):
    assert [(one.source, one.about["task"]) for one in results] == [(tiny_repos.timm, 1), (tiny_repos.timm, 2)]
    for one in results:
        size = one.about["classes"]
        assert set(one.scores) == {"leep", "nce", "h_score@4", "h_score@4 / (C - 1)", "-ln C"} and not one.undefined
        assert one.scores["h_score@4 / (C - 1)"] == pytest.approx(one.scores["h_score@4"] / (size - 1))
        assert one.scores["-ln C"] == pytest.approx(-np.log(size)) and set(one.reached) == {"head", "all", "scratch"}
        assert len(one.reached["head"].epochs) == 50 and len(one.reached["all"].epochs) == 6
        assert set(one.truths()) == {"head accuracy", "head F1", "all accuracy", "all F1"}
        assert json.loads(json.dumps(one.to_json()))["reached"]["all"]["accuracy"] == one.reached["all"].accuracies[0]
    assert np.mean([one.reached["head"].accuracies[0] for one in results]) > 0.8


def test_scores_see_training_rows_alone_and_are_those_of_the_registry(results, tiny_repos, running):
    from hubscore import score
    from hubscore.bench.tasks import draw_tasks
    from hubscore.run.options import CandidateOptions
    from hubscore.run.session import Session

    probe = drawn()
    session = Session(candidates=CandidateOptions(models=[tiny_repos.timm]), run=running)
    found = session.find_candidates()
    logits = session.extract(found.candidates, probe).extractions[tiny_repos.timm].logits
    task = draw_tasks(probe.labels, count=1, least=2, most=3)[0]
    assert results[0].scores["leep"] == pytest.approx(
        score("leep", logits=logits[task.train], labels=probe.labels[task.train]), abs=1e-9
    )


def test_heads_alone_need_no_fine_tuning_and_the_cache_serves(tiny_repos, running, results):
    options = TaskOptions(tasks=2, classes=(2, 3), scores="leep,nce,h_score@4", finetune=False)
    again = list(run_tasks([tiny_repos.timm], drawn(), options, run=running))
    assert [one.reached["head"] for one in again] == [one.reached["head"] for one in results]
    assert all(set(one.reached) == {"head"} for one in again)


def test_a_network_without_a_head_has_no_leep_and_says_why(tiny_repos, running):
    options = TaskOptions(tasks=1, classes=(2, 2), scores="leep,h_score@4", finetune=False)
    (one,) = run_tasks([tiny_repos.headless], drawn(), options, run=running)
    assert "no source head" in one.undefined["leep"] and "h_score@4" in one.scores


@pytest.mark.parametrize("scores", ["capacity", "ncti", "emms", "energy"])
def test_scores_that_need_more_are_refused(scores):
    with pytest.raises(UsageError):
        task_columns(f"leep,{scores}")


def test_all_scores_are_those_that_are_defined_for_a_task():
    names = {column.name for column in task_columns("all")}
    assert {"leep", "nce", "logme", "knn"} <= names and not {"ncti", "energy", "layer_kernel_probe"} & names
    assert {column.info.name for column in task_columns(SCORES)} == {"leep", "nce", "h_score", "h_score_shrunk"}


def test_other_labels_and_more_classes_than_there_are_are_refused(tiny_repos, running):
    with pytest.raises(UsageError, match="regression"):
        next(run_tasks([tiny_repos.timm], drawn("regression"), OPTIONS, run=running))
    with pytest.raises(DatasetError, match="of 3 classes"):
        next(run_tasks([tiny_repos.timm], drawn(), TaskOptions(tasks=1, classes=(2, 4)), run=running))
    with pytest.raises(CandidateError):
        next(run_tasks(["tiny/nowhere"], drawn(), OPTIONS, run=running))

import json
import re
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from e2e.conftest import colours
from hubfixture import add_dataset
from resultscene import made

from hubscore.publish.results import publish_results
from hubscore.publish.results.task_vectors import read_task_vectors, task_vectors_json, with_task_vector
from hubscore.recommend.history import TaskVector
from hubscore.recommend.rankings import task_vector_of
from hubscore.recommend.sources import build_history
from hubscore.results import read_results, run_id
from hubscore.results.runs import as_run
from hubscore.run.options import RunOptions
from hubscore.run.proxy_pass import look_again
from hubscore.types import Ranking

__all__ = ["colours"]  # a fixture
SEEN = TaskVector("lab/proxy", "7" * 40, np.array([0.123456789, -2.0]))


@pytest.fixture
def repo(request):
    return "alice/" + re.sub(r"\W|_", "-", request.node.name)[:60].strip("-")


@pytest.fixture
def public(ranking, hub):
    """A ranking of a data set that everybody can read."""
    add_dataset(hub.root, "open/birds", {"train/a/1.png": b"x"})
    return made(ranking, "2030-02-01T00:00:00Z", dataset="open/birds", revision="d" * 40)


def published(repo, api, ranking):
    return read_results(repo, api).run(run_id(ranking)).data["record"].get("task_vector")


def test_of_public_data_it_is_announced_sent_and_read_back_by_a_history(public, repo, alice):
    planned = publish_results(public, repo=repo, api=alice, look=lambda: SEEN)
    assert "what lab/proxy @ 7777777 sees in 50 rows, 2 numbers; it is data about the data" in planned.diff
    assert "+ task_vectors.json" in planned.diff
    publish_results(public, repo=repo, api=alice, yes=True, look=lambda: SEEN)
    assert published(repo, alice, public)["vector"] == [0.123457, -2.0]
    again = publish_results(public, repo=repo, api=alice, yes=True, look=lambda: SEEN)
    assert again.outcome == "unchanged"
    past = build_history(repo, score="logme", api=alice)
    assert past.tasks == ("open/birds",) and past.task_vectors["open/birds"].proxy_revision == "7" * 40
    np.testing.assert_allclose(past.task_vectors["open/birds"].vector, SEEN.vector, atol=1e-6)


def test_published_again_without_a_proxy_it_is_taken_back(public, repo, alice):
    publish_results(public, repo=repo, api=alice, yes=True, look=lambda: SEEN)
    done = publish_results(public, repo=repo, api=alice, yes=True)
    assert "taken back" in done.diff and published(repo, alice, public) is None
    assert read_task_vectors(read_results(repo, alice).contents.files["task_vectors.json"]) == []


def test_private_data_is_not_looked_at_unless_that_is_agreed_to(ranking, repo, alice):
    mine = made(ranking, "2030-02-02T00:00:00Z", dataset="/home/me/photos", revision=None)

    def never():
        raise AssertionError("looked")

    for named in (False, True):
        planned = publish_results(mine, repo=repo, api=alice, look=never, allow_private_dataset_name=named)
        assert "--share-task-vector" in planned.diff and "task_vectors.json" not in planned.diff
    publish_results(mine, repo=repo, api=alice, yes=True, look=lambda: SEEN, share_task_vector=True)
    assert published(repo, alice, mine)["proxy"] == "lab/proxy"
    past = build_history(repo, score="logme", api=alice)
    assert past.tasks[0].startswith("private-") and set(past.task_vectors) == set(past.tasks)
    told = json.dumps(read_results(repo, alice).run(run_id(mine)).data)
    assert "photos" not in told and "/home" not in told


def test_a_real_proxy_looks_at_what_was_ranked(ranking, repo, alice, tiny_repos, colours):
    sha = alice.dataset_info(colours).sha
    mine = made(ranking, "2030-02-03T00:00:00Z", dataset=colours, revision=sha, config=None, split="train")
    mine = replace(mine, probe=replace(mine.probe, image_column=None))
    look = partial(look_again, mine.probe, tiny_repos.timm, run=RunOptions(device="cpu"))
    publish_results(mine, repo=repo, api=alice, yes=True, look=look)
    found = published(repo, alice, mine)
    assert found["proxy"] == tiny_repos.timm and len(found["proxy_revision"]) == 40 and len(found["vector"]) > 8


@pytest.mark.parametrize(
    "told",
    [
        {"proxy": "<b>x</b>", "vector": [1.0]},
        {"proxy": "a/b", "vector": [1e300]},
        {"proxy": "a/b", "vector": ["1"]},
        {"proxy": "a/b", "vector": []},
        {"proxy": "a/b", "vector": [0.0] * 70_000},
        {"proxy": None, "vector": [1.0]},
        [1.0],
    ],
)
def test_what_no_proxy_could_have_seen_is_not_believed(ranking, told):
    data = ranking.to_json()
    data["record"]["task_vector"] = told
    assert task_vector_of(Ranking.from_json(data)) is None


def test_the_file_of_all_keeps_the_lines_of_other_runs(ranking):
    first, second = (as_run(made(ranking, f"2030-03-0{day}T00:00:00Z")) for day in (1, 2))
    one = replace(first, data=with_task_vector(first.data, SEEN, 50))
    other = replace(second, data=with_task_vector(second.data, SEEN, 50))
    content = task_vectors_json(task_vectors_json(None, [one]), [other])
    assert [line["run"] for line in read_task_vectors(content)] == [first.id, second.id]
    assert [line["run"] for line in read_task_vectors(task_vectors_json(content, [first]))] == [second.id]
    assert task_vectors_json(None, [first]) is None and read_task_vectors(b"{broken") == []

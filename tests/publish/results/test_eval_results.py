from dataclasses import replace

import pytest
import yaml
from hubfixture import add_dataset, add_model
from huggingface_hub import HfApi, parse_eval_result_entries
from resultscene import made

from hubscore.errors import UsageError
from hubscore.publish.cards.entry import pool_id
from hubscore.publish.results import publish_results
from hubscore.publish.results.eval_results import export
from hubscore.results import find_record

OURS = (
    "name: bench\ndescription: d\nevaluation_framework: hubscore\ntasks:\n  - id: hubscore/shapes\n    split: train\n"
)


@pytest.fixture
def bench(hub, ranking):
    """A ranking of a public benchmark, its first model alice's, its second bob's."""

    def of(declared, name="bench"):
        files = {"data.csv": "a,b\n1,2\n"} | ({} if declared is None else {"eval.yaml": declared})
        add_dataset(hub.root, f"user/{name}", files)
        rows = [replace(ranking.rows[0], model=f"alice/{name}"), replace(ranking.rows[1], model=f"bob/{name}")]
        rows.append(replace(ranking.rows[2], model="./mine", revision="local-00"))
        for row in rows[:2]:
            add_model(hub.root, row.model, {"config.json": "{}"})
        return replace(made(ranking, "2030-05-01T00:00:00Z", dataset=f"user/{name}"), rows=tuple(rows))

    return of


def test_only_own_models_get_a_value_and_it_points_at_the_record(bench, alice):
    ranking = bench(OURS)
    publish_results(ranking, repo="alice/bench-results", api=alice, yes=True)
    planned = export(ranking, results="alice/bench-results", api=alice)
    assert [it.outcome for it in planned] == ["planned", "skipped", "skipped"]
    assert "not yours" in planned[1].reason and "folder of this machine" in planned[2].reason
    assert "+  value: " in planned[0].diff
    assert not alice.file_exists("alice/bench", ".eval_results/hubscore_shapes.yaml")
    assert export(ranking, results="alice/bench-results", api=alice, yes=True)[0].outcome == "published"
    edited = replace(ranking, rows=(replace(ranking.rows[0], consensus=1.0), *ranking.rows[1:]))
    with pytest.raises(UsageError, match="says something else"):
        export(edited, results="alice/bench-results", api=alice)
    path = alice.hf_hub_download("alice/bench", ".eval_results/hubscore_shapes.yaml")
    (entry,) = parse_eval_result_entries(yaml.safe_load(open(path)))
    assert entry.value == pytest.approx(100 * ranking.rows[0].consensus, abs=0.01)
    assert (entry.dataset_id, entry.task_id, entry.date) == ("user/bench", "hubscore/shapes", "2030-05-01T00:00:00Z")
    assert entry.source_url == find_record(ranking, repo="alice/bench-results", api=alice).url
    assert "not fine-tuned accuracy" in entry.notes and f"the 3 candidates of pool {pool_id(ranking)}" in entry.notes
    assert export(ranking, results="alice/bench-results", api=alice, yes=True)[0].outcome == "unchanged"
    assert list(alice.get_repo_discussions("bob/bench")) == []


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        (None, "no eval.yaml"),
        (OURS.replace("framework: hubscore", "framework: inspect-ai"), "names the evaluation framework inspect-ai"),
        (
            OURS.replace("hubscore/shapes", "accuracy"),
            r"no hubscore task for configuration default, split train \(there is none\)",
        ),
        (OURS.replace("split: train", "split: test"), r"there is hubscore/shapes"),
        ("{", "cannot be read"),
        ("[]", "framework none"),
    ],
)
def test_other_benchmarks_are_refused_with_the_reason(bench, alice, declared, words, request):
    ranking = bench(declared, f"other{request.node.callspec.indices['declared']}")
    with pytest.raises(UsageError, match=words):
        export(ranking, api=alice)


def test_the_record_comes_first(bench, alice):
    with pytest.raises(
        UsageError, match=r"record is not in alice/nowhere.*\n.*--to results --results-repo alice/nowhere --yes"
    ):
        export(bench(OURS, "unrecorded"), results="alice/nowhere", api=alice)


def test_a_data_set_of_this_machine_is_no_benchmark(ranking, hub):
    with pytest.raises(UsageError, match="not public on the Hub"):
        export(
            made(ranking, "2030-01-01T00:00:00Z", dataset="./shapes", revision=None),
            api=HfApi(endpoint=hub.url, token="hf_alice"),
        )


def test_one_repo_that_fails_does_not_stop_the_others(bench, alice, hub):
    ranking = bench(OURS, "halting")
    add_model(hub.root, "alice/halting-too", {"config.json": "{}"})
    ranking = replace(ranking, rows=(ranking.rows[0], replace(ranking.rows[1], model="alice/halting-too")))
    publish_results(ranking, repo="alice/bench-results", api=alice, yes=True)
    hub.faults.add(path="/api/models/alice/halting/commit", method="POST", status=403, times=None)
    try:
        done = export(ranking, results="alice/bench-results", api=alice, yes=True)
    finally:
        hub.faults.clear()
    assert [it.outcome for it in done] == ["failed", "published"] and "may not do this" in done[0].reason


def test_a_file_of_somebody_else_stays(bench, alice, hub):
    ranking = bench(OURS, "taken")
    add_model(hub.root, "alice/taken", {".eval_results/hubscore_shapes.yaml": "- value: 1\n"})
    publish_results(ranking, repo="alice/bench-results", api=alice, yes=True)
    assert "hubscore did not write" in export(ranking, results="alice/bench-results", api=alice, yes=True)[0].reason

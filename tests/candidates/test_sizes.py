from dataclasses import replace

import pytest
from candidates.conftest import client, requests
from candidates.repos import popular, timm_repo, without
from hubfixture import write_files

from hubscore.candidates.candidate_set import CandidateSet
from hubscore.candidates.query import Query
from hubscore.candidates.resolve import resolve_candidates
from hubscore.candidates.search import search_candidates
from hubscore.candidates.sizes import measure_sizes
from hubscore.errors import HubError


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr("hubscore.hub.retry.time.sleep", lambda seconds: None)


def test_sizes_become_exact_at_one_request_each(shelf):
    files = timm_repo(count=1000)
    hub = shelf({"org/a": files, "org/b": timm_repo(seed=3)})
    found = search_candidates(Query(search=""), api=client(hub))
    hub.log.clear()
    measured = measure_sizes(found, api=client(hub))
    assert measured.candidates[0].bytes == len(files["config.json"]) + len(files["model.safetensors"])
    assert measured.estimated_bytes == {}
    assert len(requests(hub)) == 2


def test_copies_of_the_same_weights_collapse_to_the_most_wanted(shelf):
    repos = {
        "me/copy": popular(timm_repo(seed=1), 1),
        "org/original": popular(timm_repo(seed=1), 9),
        "org/other": popular(timm_repo(seed=2), 5),
    }
    hub = shelf(repos)
    measured = measure_sizes(search_candidates(Query(search=""), api=client(hub)), api=client(hub))
    assert [candidate.repo_id for candidate in measured.candidates] == ["org/original", "org/other"]
    assert measured.left_out_names == {"same weights as a chosen one": ("me/copy",)}


def test_what_is_known_is_not_asked_again(shelf, tmp_path):
    hub = shelf({"org/net": timm_repo()})
    folder = write_files(tmp_path / "local", timm_repo(seed=4))
    found = resolve_candidates(["org/net", str(folder)], api=client(hub))
    hub.log.clear()
    assert measure_sizes(found, api=client(hub)) == found
    assert requests(hub, "/") == []


def test_a_repo_that_fails_meanwhile_is_skipped(shelf):
    hub = shelf({"org/a": timm_repo(), "org/b": timm_repo(seed=1), "org/c": timm_repo(seed=2)})
    found = search_candidates(Query(search=""), api=client(hub))
    hub.faults.add(path="org/a/tree", status=500, times=None)
    hub.faults.add(path="org/b/tree", status=404, headers={"X-Error-Code": "RepoNotFound"}, times=None)
    measured = measure_sizes(found, api=client(hub))
    assert [candidate.repo_id for candidate in measured.candidates] == ["org/c"]
    assert [item.model for item in measured.skipped] == ["org/a", "org/b"]
    assert "error 500" in measured.skipped[0].reason and "was not found" in measured.skipped[1].reason


def test_a_hub_that_fails_for_all_is_the_error(shelf):
    hub = shelf({"org/a": timm_repo(), "org/b": timm_repo(seed=1)})
    found = search_candidates(Query(search=""), api=client(hub))
    hub.faults.add(path="/tree/", status=503, times=None)
    with pytest.raises(HubError, match="error 503"):
        measure_sizes(found, api=client(hub))


def test_nothing_to_measure_is_nothing(shelf):
    assert measure_sizes(CandidateSet(), api=client(shelf({}))) == CandidateSet()


def test_weights_that_went_away_are_a_config_without_weights(shelf):
    hub = shelf({"org/a": timm_repo(), "org/b": timm_repo(seed=1)})
    found = search_candidates(Query(search=""), api=client(hub))
    shelf({"org/a": without(timm_repo(), "model.safetensors"), "org/b": timm_repo(seed=1)})
    pinned = {info.id: info.sha for info in client(hub).list_models(expand=["sha"])}
    moved = replace(found, candidates=tuple(replace(c, revision=pinned[c.repo_id]) for c in found.candidates))
    assert "a config without weights" in measure_sizes(moved, api=client(hub)).skipped[0].reason

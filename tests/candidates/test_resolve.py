import json

import pytest
from candidates.conftest import TOKEN, client, requests
from candidates.repos import tensors, timm_repo, transformers_repo, without
from hubfixture import write_files
from huggingface_hub import CommitOperationAdd, HfApi

from hubscore.candidates.resolve import resolve_candidates
from hubscore.errors import CandidateError, HubError, UsageError


def names(found):
    return [candidate.repo_id for candidate in found.candidates]


def test_an_id_is_pinned_measured_and_described_in_one_request(shelf):
    files = transformers_repo(count=50, license="mit")
    hub = shelf({"org/net": files})
    (candidate,) = resolve_candidates("org/net", api=client(hub)).candidates
    assert len(requests(hub)) == 1
    assert candidate.revision == client(hub).model_info("org/net").sha
    assert candidate.bytes == sum(
        len(files[name]) for name in ("config.json", "preprocessor_config.json", "model.safetensors")
    )
    assert (candidate.parameters, candidate.license, candidate.family, candidate.path) == (50, "mit", "vit", None)


def test_two_revisions_of_one_repo_are_two_candidates_and_one_twice_is_one(shelf):
    hub = shelf({"ann/net": timm_repo(seed=1)})
    api = client(hub, token=TOKEN)
    old = api.model_info("ann/net").sha
    new = api.create_commit(
        "ann/net", [CommitOperationAdd("model.safetensors", tensors(12, 2))], commit_message="train longer"
    ).oid
    found = resolve_candidates(["ann/net", f"ann/net@{old}", "ann/net@main", f"hf://ann/net@{new}"], api=api)
    assert names(found) == ["ann/net", f"ann/net@{old[:7]}"]
    assert [candidate.revision for candidate in found.candidates] == [new, old]
    assert found.skipped == ()


def test_a_folder_is_a_candidate_and_is_called_as_it_was_given(shelf, tmp_path, monkeypatch):
    write_files(tmp_path / "my-net", timm_repo(license="mit"))
    monkeypatch.chdir(tmp_path)
    (candidate,) = resolve_candidates(["./my-net/"], api=client(shelf({}))).candidates
    assert (candidate.repo_id, candidate.license) == ("./my-net", "mit")
    assert candidate.revision.startswith("local-") and candidate.path == str(tmp_path / "my-net")


def test_a_folder_wins_over_a_repo_of_the_same_name(shelf, tmp_path, monkeypatch):
    write_files(tmp_path / "org" / "net", timm_repo())
    monkeypatch.chdir(tmp_path)
    hub = shelf({"org/net": timm_repo()})
    assert resolve_candidates(["org/net"], api=client(hub)).candidates[0].path == str(tmp_path / "org" / "net")
    assert requests(hub) == []


def test_a_folder_of_checkpoints_gives_all_and_names_the_bad_ones(shelf, tmp_path):
    for name, files in {
        "a/one": timm_repo(),
        "a/two": transformers_repo(),
        "b/bad": without(timm_repo(), "model.safetensors"),
    }.items():
        write_files(tmp_path / "zoo" / name, files)
    found = resolve_candidates([str(tmp_path / "zoo")], api=client(shelf({})))
    assert names(found) == [f"{tmp_path}/zoo/a/one", f"{tmp_path}/zoo/a/two"]
    assert [item.model for item in found.skipped] == [f"{tmp_path}/zoo/b/bad"]
    assert "a config without weights" in found.skipped[0].reason


def test_a_folder_that_may_not_be_read_is_skipped(shelf, tmp_path, monkeypatch):
    def refuse(folder):
        raise PermissionError(13, "Permission denied", str(folder))  # root, who often runs tests, may read everything

    monkeypatch.setattr("hubscore.candidates.local_folders.checkpoints", refuse)
    found = resolve_candidates([tmp_path, "org/a", "a" * 5000], api=client(shelf({"org/a": timm_repo()})))
    assert names(found) == ["org/a"]
    assert "Permission denied" in found.skipped[0].reason and "check the folder" in found.skipped[0].reason


def test_a_file_lists_candidates(shelf, tmp_path):
    hub = shelf({"org/a": timm_repo(), "org/b": timm_repo()})
    (tmp_path / "models.txt").write_text("org/b\n# and\norg/a\n")
    assert names(resolve_candidates([tmp_path / "models.txt"], api=client(hub))) == ["org/b", "org/a"]
    sha = client(hub).model_info("org/a").sha
    (tmp_path / "ranking.json").write_text(json.dumps({"rows": [{"model": "org/a", "revision": sha}]}))
    assert resolve_candidates([str(tmp_path / "ranking.json")], api=client(hub)).candidates[0].revision == sha


def test_a_listed_size_goes_with_its_candidate_and_two_sizes_are_named(shelf, tmp_path):
    hub = shelf({"org/a": timm_repo(seed=1), "org/b": timm_repo(seed=2)})
    (tmp_path / "models.csv").write_text("model,input_size\norg/a,48\norg/b,\norg/a,64\norg/a,48\n")
    found = resolve_candidates([str(tmp_path / "models.csv")], api=client(hub))
    assert {one.repo_id: one.input_size for one in found.candidates} == {"org/a": 48, "org/b": None}
    (skipped,) = found.skipped
    assert skipped.model == "org/a" and "at 48 pixels and 64 pixels, and the first counts" in skipped.reason


def test_an_unreadable_list_stops_before_anything_starts(shelf, tmp_path):
    (tmp_path / "models.csv").write_text("name\norg/a\n")
    with pytest.raises(UsageError, match="no column 'model'"):
        resolve_candidates([str(tmp_path / "models.csv")], api=client(shelf({})))


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (
            transformers_repo(config={"auto_map": {"AutoModel": "net.Net"}}),
            "needs code from its own repo (custom_code)",
        ),
        ({**timm_repo(), "adapter_config.json": "{}"}, "an adapter, not a whole network"),
        ({**without(timm_repo(), "model.safetensors"), "net.gguf": b"x"}, "holds GGUF weights"),
        (without(timm_repo(), "model.safetensors"), "a config without weights"),
        (without(timm_repo(), "config.json"), "no config.json"),
        ({"README.md": "---\nlibrary_name: keras\n---\n", "model.keras": b"x"}, "it is for keras"),
    ],
)
def test_a_named_repo_that_cannot_be_ranked_is_skipped_with_the_reason(shelf, files, words):
    hub = shelf({"org/good": timm_repo(), "org/bad": files})
    found = resolve_candidates(["org/bad", "org/good"], api=client(hub))
    assert names(found) == ["org/good"]
    assert found.skipped[0].model == "org/bad" and words in found.skipped[0].reason


def test_a_pickle_is_taken_when_it_is_named(shelf):
    hub = shelf({"org/old": {**without(timm_repo(), "model.safetensors"), "pytorch_model.bin": b"x" * 10}})
    (candidate,) = resolve_candidates(["org/old"], api=client(hub)).candidates
    assert (candidate.weights, candidate.parameters) == ("pytorch_model.bin", None)


def test_an_unknown_id_is_skipped_with_a_near_name(shelf):
    hub = shelf({"org/resnet50-pets": timm_repo(), "org/vit": transformers_repo()})
    found = resolve_candidates(["org/vit", "org/resnet5O-pets"], api=client(hub))
    assert names(found) == ["org/vit"]
    assert "was not found" in found.skipped[0].reason and "did you mean org/resnet50-pets?" in found.skipped[0].reason


def test_one_unknown_id_alone_is_its_own_error(shelf):
    with pytest.raises(CandidateError, match="Model 'org/nothing' was not found") as caught:
        resolve_candidates(["org/nothing"], api=client(shelf({})))
    assert "hf auth login" in caught.value.fix


def test_all_unknown_is_an_error_that_names_them(shelf):
    with pytest.raises(CandidateError, match="None of the 3 named models can be ranked") as caught:
        resolve_candidates(["org/a", "./b", "org/c"], api=client(shelf({})))
    assert all(name in caught.value.why for name in ("org/a", "./b", "org/c"))


def test_an_unknown_revision_is_said(shelf):
    hub = shelf({"org/net": timm_repo()})
    found = resolve_candidates(["org/net", "org/net@v9"], api=client(hub))
    assert "no such revision" in found.skipped[0].reason


def test_a_gated_repo_is_skipped_without_access_and_taken_with_it(shelf):
    hub = shelf({"org/granted": timm_repo(), "org/open": timm_repo(seed=1)})
    stranger = resolve_candidates(["org/granted", "org/open"], api=client(hub))
    assert stranger.skipped[0].model == "org/granted"
    assert "gated" in stranger.skipped[0].reason and "hf auth login" in stranger.skipped[0].reason
    friend = resolve_candidates(["org/granted"], api=client(hub, token=TOKEN))
    assert friend.candidates[0].gated == "auto"


def test_a_hub_that_fails_for_one_repo_costs_only_that_one(shelf, monkeypatch):
    monkeypatch.setattr("hubscore.hub.retry.time.sleep", lambda seconds: None)
    hub = shelf({"org/a": timm_repo(), "org/b": timm_repo()})
    hub.faults.add(path="org/a", status=500, times=None)
    found = resolve_candidates(["org/a", "org/b"], api=client(hub))
    assert names(found) == ["org/b"]
    assert "the Hub failed (error 500" in found.skipped[0].reason


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_passing_failure_is_not_noticed(shelf, status):
    hub = shelf({"org/net": timm_repo()})
    hub.faults.add(path="org/net", status=status, headers={"Retry-After": "0"})
    assert names(resolve_candidates(["org/net"], api=client(hub))) == ["org/net"]


def test_no_hub_at_all_stops_at_once():
    with pytest.raises(HubError, match="cannot be reached") as caught:
        resolve_candidates(["org/a", "org/b", "org/c"], api=HfApi(endpoint="http://127.0.0.1:9", token=False))
    assert "HF_ENDPOINT" in caught.value.fix


def test_a_refused_token_is_explained(shelf):
    hub = shelf({"org/net": timm_repo()})
    hub.faults.add(
        path="org/net", status=401, headers={"X-Error-Message": "Invalid credentials in Authorization header"}
    )
    with pytest.raises(HubError, match="refused the token") as caught:
        resolve_candidates(["org/net"], api=client(hub, token="hf_wrong"))
    assert "hf auth login" in caught.value.fix and "hf_wrong" not in str(caught.value)

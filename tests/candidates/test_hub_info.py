import json

import pytest
from candidates.conftest import client, requests
from candidates.repos import card, timm_repo, without
from huggingface_hub import snapshot_download

from hubscore.candidates.hub_info import repo_info_on_hub
from hubscore.errors import CandidateError, HubError
from hubscore.hub.client import hub_api


def test_offline_the_cached_commit_is_read(hub, monkeypatch):
    from hubfixture import add_model

    add_model(hub.root, "cand-offline/net", timm_repo(count=30))
    sha = hub_api().model_info("cand-offline/net").sha
    snapshot_download("cand-offline/net", revision=sha, allow_patterns=["config.json", "model.safetensors"])
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    for revision in (None, sha):
        facts = repo_info_on_hub("cand-offline/net", revision, hub_api())
        assert (facts.revision, facts.parameters, facts.path) == (sha, 30, None)


def test_offline_and_not_cached_says_what_to_unset(hub, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(HubError, match="offline mode is on") as caught:
        repo_info_on_hub("cand-offline/missing", None, hub_api())
    assert "HF_HUB_OFFLINE" in caught.value.fix


def test_a_configuration_that_the_hub_does_not_repeat_is_fetched(hub):
    from hubfixture import add_model

    # Neither keys nor card tell the Hub the library, so only the file itself can.
    add_model(
        hub.root,
        "cand-config/net",
        {**timm_repo(), "config.json": json.dumps({"note": "odd"}), "README.md": card(library_name="timm")},
    )
    before = len(hub.log)
    facts = repo_info_on_hub("cand-config/net", None, hub_api())
    assert facts.config == {"note": "odd"}
    assert any(path.endswith("config.json") for _, path, _, _ in hub.log[before:])


def test_a_damaged_header_leaves_the_parameters_open(hub):
    from hubfixture import add_model

    add_model(hub.root, "cand-config/damaged", {**timm_repo(), "model.safetensors": b"x" * 64})
    assert repo_info_on_hub("cand-config/damaged", None, hub_api()).parameters is None


def test_a_pickle_costs_no_header_request(shelf):
    hub = shelf({"org/old": {**without(timm_repo(), "model.safetensors"), "pytorch_model.bin": b"x"}})
    repo_info_on_hub("org/old", None, client(hub))
    assert len(requests(hub, "/")) == 1


def test_a_disabled_repo_is_explained(shelf):
    hub = shelf({"org/net": timm_repo()})
    hub.faults.add(path="org/net", status=403, headers={"X-Error-Message": "Access to this resource is disabled."})
    with pytest.raises(CandidateError, match="is disabled"):
        repo_info_on_hub("org/net", None, client(hub))

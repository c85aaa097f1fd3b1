from dataclasses import replace

import pytest
from candidates.repos import timm_repo
from fakes import fake_candidate
from hubfixture import add_model

from hubscore.candidates.base_models import with_base_datasets
from hubscore.candidates.candidate_set import CandidateSet
from hubscore.hub.client import hub_api


def derived(name, base, **facts):
    return replace(fake_candidate(name, 1), base_model=base, **facts)


@pytest.fixture
def asked(monkeypatch):
    """The names that the Hub was asked about, while it really answers."""
    from hubscore.candidates import base_models

    names, real = [], base_models.model_json
    monkeypatch.setattr(base_models, "model_json", lambda api, name: names.append(name) or real(api, name))
    return names


def test_a_base_model_is_asked_about_once_and_only_where_it_is_no_candidate(hub, asked):
    add_model(hub.root, "above/base", timm_repo(datasets=["org/birds", "imagenet-1k"]))
    candidates = (
        derived("lab/one", "above/base"),
        derived("lab/two", "above/base"),
        derived("lab/three", "lab/one"),
        derived("lab/none", None),
        derived("./net", "above/base", path="net"),
    )
    one, two, three, none, local = with_base_datasets(CandidateSet(candidates), hub_api()).candidates
    assert one.base_datasets == two.base_datasets == ("imagenet-1k", "org/birds") and asked == ["above/base"]
    assert three.base_datasets == none.base_datasets == local.base_datasets == ()


def test_what_the_hub_does_not_answer_stays_unknown(hub, asked):
    add_model(hub.root, "above/known", timm_repo(datasets=["org/birds"]))
    candidates = (derived("lab/a", "above/gone"), derived("lab/b", "no name at all"), derived("lab/c", "above/known"))
    found = with_base_datasets(CandidateSet(candidates), hub_api()).candidates
    assert [one.base_datasets for one in found] == [(), (), ("org/birds",)] and len(asked) == 3


def test_offline_it_stops_at_the_first(hub, asked, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    candidates = (derived("lab/a", "above/one"), derived("lab/b", "above/two"))
    found = with_base_datasets(CandidateSet(candidates), hub_api()).candidates
    assert found == candidates and asked == ["above/one"]

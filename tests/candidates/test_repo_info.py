"""One repo never stops a listing: whatever its owner wrote, it is read, judged, and counted."""

import json
from types import SimpleNamespace

import pytest
from candidates.conftest import client
from candidates.repos import timm_repo, transformers_repo
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hubscore.candidates.card_metadata import base_model_of, license_of, source_size_of
from hubscore.candidates.compatibility import modality_of, refusal
from hubscore.candidates.family import family_of
from hubscore.candidates.filters import CandidateFilter
from hubscore.candidates.from_repo_info import candidate_from_repo_info
from hubscore.candidates.query import Query
from hubscore.candidates.repo_info import RepoInfo, repo_info
from hubscore.candidates.resolve import resolve_candidates
from hubscore.candidates.search import search_candidates
from hubscore.candidates.weights import estimated_bytes
from hubscore.modalities.registry import DEFAULT, MODALITIES

WORDS = [
    *(
        "timm",
        "transformers",
        "vit",
        "resnet18",
        "image-classification",
        "mit",
        "license:mit",
        "base_model:a/b",
        "main",
    ),
    *("dataset:mnist", "config.json", "model.safetensors", "F32", "total", "adapter", "ViTForImageClassification", ""),
]
KEYS = [
    *("model_type", "architectures", "architecture", "auto_map", "quantization_config", "peft", "pretrained_cfg"),
    *("input_size", "image_size", "license", "base_model", "base_model_relation", "datasets", "tags", "parameters"),
    *("total", "F32", "rfilename", "size", "lfs", "sha256", "id2label"),
]
PLAIN = st.sampled_from([*WORDS, None, True, False, 0, 1, -1, 224, 2**70, 1.5, float("inf"), float("nan")])
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*KEYS, *WORDS]), inner, max_size=4),
    max_leaves=6,
)
FIELDS = [
    *("sha", "library_name", "pipeline_tag", "tags", "config", "siblings", "safetensors", "gated", "private"),
    *("disabled", "downloads", "likes", "cardData"),
]
GOOD = {
    "id": "org/net",
    "sha": "0" * 40,
    "library_name": "timm",
    "pipeline_tag": "image-classification",
    "tags": ["timm"],
    "config": {"architecture": "resnet18", "model_type": "vit"},
    "siblings": [{"rfilename": "config.json"}, {"rfilename": "model.safetensors", "size": 9}],
    "safetensors": {"parameters": {"F32": 12}, "total": 12},
}
QUERIES = [Query(), Query(search="", licenses=("mit",), min_params=1, libraries=("timm",)), Query(tags=("timm",))]


def judge(info):
    """Everything that is asked of a repo before its weights are read."""
    image = MODALITIES.get(DEFAULT)
    assert isinstance(license_of(info), str | None) and isinstance(base_model_of(info), str | None)
    assert isinstance(source_size_of(info), int | None)
    assert isinstance(family_of(info.config, info.name, image.library_of(info)), str | None)
    assert isinstance(image.input_size_of(info.config, info.name), int | None)
    assert isinstance(estimated_bytes(info.dtypes), int | None)
    modality_of(info)
    for query in QUERIES:
        CandidateFilter(query, SimpleNamespace(token=False, auth_check=lambda name: None)).reason_against(info)
    if refusal(info) is None:
        candidate = candidate_from_repo_info(info)
        json.dumps(candidate.to_json(), allow_nan=False)
        image.seconds(candidate.parameters, candidate.family, None, 1e-9)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=4))
def test_a_listing_may_hold_anything(odd):
    judge(repo_info({**GOOD, **odd}))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.sampled_from(["files", "config", "tags", "card", "library_name", "task", "dtypes", "parameters", "likes"]),
        VALUES,
        max_size=4,
    )
)
def test_a_folder_may_hold_anything(odd):
    fields = {"library_name": "timm", "config": {"architecture": "resnet18"}, "files": {"config.json": 1}}
    judge(RepoInfo("org/net", "0" * 40, **{**fields, **odd}))


def test_what_is_of_another_type_is_taken_for_not_said():
    info = repo_info({"id": "org/net", "tags": "timm", "library_name": ["timm"], "downloads": "many", "likes": 3})
    assert (info.tags, info.library_name, info.downloads, info.likes) == (frozenset({"timm"}), "timm", None, 3)
    info = repo_info({"id": "org/net", "safetensors": {"parameters": {"F32": 5, "I64": "x"}}, "gated": "manual"})
    assert (info.parameters, info.dtypes, info.gated) == (5, {"F32": 5}, "manual")
    assert repo_info({"id": "org/net", "config": ["vit"], "cardData": "mit", "siblings": {"a": 1}}).config == {}


ODD_CARDS = [
    {"tags": 5},
    {"tags": [None, 3, "timm"]},
    {"library_name": ["timm", "keras"]},
    {"library_name": {"name": "timm"}},
    {"license": {"name": "mit"}},
    {"base_model": [{"repo": "a/b"}]},
    {"datasets": {"mnist": 1}},
    {"datasets": [1, None]},
    {"pipeline_tag": ["image-classification"]},
]
ODD_CONFIGS = [
    {"model_type": ["vit"]},
    {"model_type": {"name": "vit"}},
    {"architectures": 5},
    {"architectures": [None, {"a": 1}]},
    {"pretrained_cfg": "big", "architecture": 5},
]


@pytest.fixture
def odd_hub(shelf):
    repos = {f"odd/card{number}": timm_repo(**card) for number, card in enumerate(ODD_CARDS)}
    repos |= {
        f"odd/config{number}": transformers_repo(config=config, pipeline_tag="image-classification")
        for number, config in enumerate(ODD_CONFIGS)
    }
    return shelf({**repos, "good/net": timm_repo("resnet18")})


def test_odd_repos_end_neither_a_listing_nor_the_list_of_named_ones(odd_hub):
    found = search_candidates(Query(search="", max_params=None), api=client(odd_hub))
    assert found.examined == 1 + len(ODD_CARDS) + len(ODD_CONFIGS)
    assert "good/net" in [one.repo_id for one in found.candidates]
    names = [f"odd/card{number}" for number in range(len(ODD_CARDS))]
    names += [f"odd/config{number}" for number in range(len(ODD_CONFIGS))]
    named = resolve_candidates([*names, "good/net"], api=client(odd_hub))
    assert "good/net" in [one.repo_id for one in named.candidates]
    assert {one.repo_id for one in named.candidates} | {one.model for one in named.skipped} == {*names, "good/net"}


def test_a_rule_that_fails_leaves_one_repo_out(shelf, monkeypatch):
    hub = shelf({"org/a": timm_repo("resnet18", seed=1), "org/b": timm_repo("vgg11", seed=2)})
    image = type(MODALITIES.get(DEFAULT))

    def size(self, config, name):
        if name == "org/a":
            raise TypeError("a plug-in's mistake")
        return 32

    monkeypatch.setattr(image, "input_size_of", size)
    found = search_candidates(Query(search=""), api=client(hub))
    assert [one.repo_id for one in found.candidates] == ["org/b"]
    assert found.left_out == {"cannot be judged by what the Hub says of it": 1}
    named = resolve_candidates(["org/a", "org/b"], api=client(hub))
    assert [one.repo_id for one in named.candidates] == ["org/b"] and named.skipped[0].model == "org/a"

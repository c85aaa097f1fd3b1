import pytest

from hubscore.candidates.card_metadata import base_model_of, datasets_of, license_of, source_size_of, tags_of_multilabel
from hubscore.candidates.repo_info import RepoInfo


def facts(*tags, **card):
    return RepoInfo(name="org/name", revision="0" * 40, tags=frozenset(tags), card=card)


def test_tags_tell_before_the_card():
    assert license_of(facts("license:mit", license="other")) == "mit"
    assert license_of(facts(license="Apache-2.0")) == "apache-2.0"
    assert license_of(facts(license=["mit", "apache-2.0"])) == "mit"
    assert license_of(facts()) is None


def test_the_base_model_is_the_tag_without_a_relation():
    assert base_model_of(facts("base_model:org/base", "base_model:finetune:org/base")) == "org/base"
    assert base_model_of(facts(base_model="org/base")) == "org/base"
    assert base_model_of(facts(base_model=[])) is None


@pytest.mark.parametrize(
    ("card", "size"),
    [
        ({"datasets": ["imagenet-1k"]}, 1_281_167),
        ({"datasets": "cifar10"}, 50_000),
        ({"datasets": ["imagenet-1k", "imagenet-21k"]}, None),
        ({"datasets": ["me/mine"]}, None),
        ({}, None),
    ],
)
def test_the_source_size_is_given_only_where_it_is_certain(card, size):
    assert source_size_of(facts(**card)) == size


def test_tags_and_files_of_taggers():
    assert tags_of_multilabel(["Multi-Label Classification"]) and tags_of_multilabel([], ["thresholds.csv"])
    assert not tags_of_multilabel(["image-classification", "timm"], ["config.json"])


def test_data_sets_that_a_card_names():
    assert datasets_of(facts("dataset:org/birds", datasets=["org/birds", "org/cats"])) == ("org/birds", "org/cats")
    assert datasets_of(facts(datasets=3)) == ()

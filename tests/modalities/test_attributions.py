"""Which networks can be explained, and where that is asked."""

from dataclasses import replace

import pytest
from extract.probes import probe

from hubscore.attribution import METHODS, attribute_all
from hubscore.errors import ErrorCode, UsageError
from hubscore.extract.cache import FeatureCache
from hubscore.modalities.attributions import check_attribution, explains
from hubscore.modalities.base import Modality
from hubscore.modalities.registry import MODALITIES
from hubscore.run.validation import check_maps


class Sounds(Modality):
    name = "test-sounds"
    nouns = ("sound", "sounds")
    tasks = ("audio-classification",)


@pytest.fixture(scope="module", autouse=True)
def sounds():
    yield MODALITIES.add(Sounds())
    del MODALITIES._entries["test-sounds"]


def refused(call, *words, **options):
    with pytest.raises(UsageError) as error:
        call(*words, **options)
    return error.value


def test_images_have_every_method():
    assert all(explains("image", method) for method in METHODS)
    for method in METHODS:
        check_attribution("image", method)


def test_a_modality_without_methods_is_refused():
    error = refused(check_attribution, "test-sounds", "saliency")
    assert (error.code, error.subject) == (ErrorCode.NO_ATTRIBUTION, "test-sounds")
    assert not explains("test-sounds", "saliency")


def test_another_method_is_refused_with_those_that_there_are():
    error = refused(check_attribution, "image", "shap")
    assert error.code == ErrorCode.NO_ATTRIBUTION and error.fix == "choose saliency"


def test_maps_are_refused_before_anything_runs(tmp_path):
    heard = replace(probe(2), modality="test-sounds")
    error = refused(attribute_all, [], heard, fetch=None, store=FeatureCache(tmp_path), device="cpu")
    assert error.code == ErrorCode.NO_ATTRIBUTION


def test_a_ranking_is_refused_only_where_scores_that_compare_maps_are_named():
    how = {"unlabeled": False, "head": False}
    assert refused(check_maps, "test-sounds", ["attribution"], **how).code == ErrorCode.NO_ATTRIBUTION
    check_maps("test-sounds", "all", unlabeled=True, head=False)
    check_maps("test-sounds", ["logme"], **how)
    check_maps("image", ["attribution"], **how)


def test_texts_have_no_maps_and_what_to_type_instead_is_the_callers_to_say():
    with pytest.raises(UsageError) as raised:
        check_attribution("text", "saliency", otherwise="--method rsa")
    assert raised.value.fix == "--method rsa" and raised.value.code is ErrorCode.NO_ATTRIBUTION

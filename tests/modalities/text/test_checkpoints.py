import pytest

from hubscore.candidates.compatibility import modality_of
from hubscore.candidates.repo_info import RepoInfo


@pytest.mark.parametrize(
    ("about", "modality"),
    [
        ({"config": {"model_type": "bert"}}, "text"),
        ({"config": {"architectures": ["OwnForMaskedLM"], "model_type": "own"}}, "text"),
        ({"task": "sentence-similarity", "library_name": "sentence-transformers"}, "text"),
        ({"task": "text-classification", "library_name": "transformers", "tags": {"transformers"}}, "text"),
        ({"task": "image-classification", "library_name": "transformers", "tags": {"transformers"}}, "image"),
        ({"config": {"model_type": "vit", "architectures": ["ViTForImageClassification"]}}, "image"),
        ({"library_name": "timm"}, "image"),
    ],
)
def test_the_configuration_says_the_modality(about, modality):
    found = modality_of(RepoInfo("org/net", "a" * 40, **about))
    assert found is not None and found.name == modality


def test_other_libraries_are_left_alone():
    assert modality_of(RepoInfo("org/net", "a" * 40, library_name="spacy", task="token-classification")) is None

import pytest

from hubscore.candidates.repo_info import RepoInfo
from hubscore.modalities.image.checkpoints import is_image_network, library_of

VIT = {"model_type": "vit", "architectures": ["ViTForImageClassification"]}
TIMM = {"architecture": "resnet18", "pretrained_cfg": {}}
WHOLE = {"config.json": 1, "model.safetensors": 9}


def facts(**known):
    return RepoInfo(name="org/name", revision="0" * 40, **{"files": WHOLE, "config": VIT, **known})


@pytest.mark.parametrize(
    ("known", "library"),
    [
        ({"library_name": "timm", "config": TIMM}, "timm"),
        ({"library_name": "transformers"}, "transformers"),
        ({"tags": frozenset({"timm", "safetensors"}), "config": {}}, "timm"),
        ({}, "transformers"),
        ({"config": TIMM}, "timm"),
        ({"library_name": "transformers", "config": {"model_type": "timm_wrapper", **TIMM}}, "timm"),
        ({"library_name": "diffusers"}, None),
        ({"config": {}}, None),
    ],
)
def test_name_then_tags_then_configuration_tell_the_library(known, library):
    assert library_of(facts(**known)) == library


@pytest.mark.parametrize(
    ("known", "is_image"),
    [
        ({"library_name": "timm", "config": TIMM}, True),
        ({"task": "depth-estimation", "config": {}}, True),
        ({"tags": frozenset({"image-classification"}), "config": {}}, True),
        ({"config": VIT}, True),
        ({"task": "text-generation"}, False),
        ({"task": None, "config": {}}, False),
    ],
)
def test_task_tags_and_classes_tell_an_image_network(known, is_image):
    assert is_image_network(facts(**known)) is is_image


def test_a_headless_backbone_is_known_by_its_model_type():
    assert is_image_network(facts(config={"model_type": "mobilenet_v1", "architectures": ["MobileNetV1Model"]}))
    assert not is_image_network(facts(config={"model_type": "bert", "architectures": ["BertModel"]}))

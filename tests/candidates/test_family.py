import pytest

from hubscore.candidates.family import family_of


@pytest.mark.parametrize(
    ("architecture", "family"),
    [
        ("resnet18", "resnet"),
        ("test_resnet", "resnet"),
        ("wide_resnet50_2", "resnet"),
        ("resnetv2_50x1_bit", "resnetv2"),
        ("res2net50_14w_8s", "res2net"),
        ("convnext_tiny", "convnext"),
        ("convnextv2_base", "convnextv2"),
        ("tf_efficientnetv2_s", "efficientnetv2"),
        ("efficientnet_b0", "efficientnet"),
        ("mobilenetv1_100", "mobilenetv1"),
        ("mobilenetv3_small_100", "mobilenetv3"),
        ("vit_base_patch16_224", "vit"),
        ("deit3_small_patch16_224", "deit"),
        ("inception_v3", "inceptionv3"),
        ("regnety_016", "regnet"),
        ("cs3darknet_l", "cs3darknet"),
        ("vgg16_bn", "vgg"),
    ],
)
def test_timm_architectures_lose_maker_and_size(architecture, family):
    assert family_of({"architecture": architecture}, "org/name", "timm") == family


@pytest.mark.parametrize(
    ("model_type", "family"),
    [
        ("mobilenet_v1", "mobilenetv1"),
        ("mobilenet_v2", "mobilenetv2"),
        ("vit", "vit"),
        ("vit_mae", "vit"),
        ("data2vec-vision", "data2vec_vision"),
    ],
)
def test_transformers_and_timm_agree_on_the_spelling(model_type, family):
    assert family_of({"model_type": model_type}, "org/name", "transformers") == family


def test_a_wrapped_timm_network_counts_as_its_architecture():
    assert family_of({"model_type": "timm_wrapper", "architecture": "resnet50"}, "org/name", "timm") == "resnet"


def test_the_name_tells_only_in_timms_own_organisation():
    assert family_of({}, "timm/convnext_tiny.fb_in22k", "timm") == "convnext"
    assert family_of({}, "somebody/convnext_tiny", "timm") is None
    assert family_of({}, "timm/vit_model", "transformers") is None

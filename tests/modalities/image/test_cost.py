import pytest

from hubscore.modalities.image.cost import COST, image_seconds, side_of


@pytest.mark.parametrize(
    ("config", "name", "side"),
    [
        ({"image_size": 384}, "org/net", 384),
        ({"image_size": [192, 256]}, "org/net", 256),
        ({"pretrained_cfg": {"input_size": [3, 288, 288]}}, "timm/resnet50.a1_in1k", 288),
        ({}, "timm/vit_base_patch16_384.augreg_in1k", 384),
        ({}, "google/vit-base-patch16-224", 224),
        ({}, "timm/mobilenetv2_100.ra_in1k", None),
        ({}, "timm/regnety_004.pycls_in1k", None),
        ({"image_size": "big"}, "org/net", None),
        ({"image_size": True}, "org/net", None),
        ({"image_size": -1, "pretrained_cfg": []}, "org/net", None),
        ({"pretrained_cfg": {"input_size": []}}, "org/net", None),
    ],
)
def test_pixels_come_from_the_configuration_or_the_name(config, name, side):
    assert side_of(config, name) == side


def test_every_family_is_one_that_checkpoints_are_given():
    from hubscore.candidates.family import family_of

    for family in COST:
        assert family_of({"architecture": f"{family}_small"}, "", "timm") == family


def test_an_unknown_network_costs_nothing_rather_than_too_much():
    assert image_seconds(None, "vit", 224, 1e-9) == 0

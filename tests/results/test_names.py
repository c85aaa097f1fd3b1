import pytest

from hubscore.results.names import NAMELESS, last_name, public_name


@pytest.mark.parametrize(
    ("model", "revision", "name"),
    [
        ("timm/resnet18.a1_in1k", "a" * 40, "timm/resnet18.a1_in1k"),
        ("timm/resnet18.a1_in1k@abc", "a" * 40, "timm/resnet18.a1_in1k@abc"),
        ("/home/me/acme/vit", "local-0123456789abcdef", "vit@local-01234567"),
        ("acme/vit", "local-0123456789abcdef", "vit@local-01234567"),
        ("C:\\work\\vit\\", "local-0123456789abcdef", "vit@local-01234567"),
        ("/home/me/acme/vit", None, "vit"),
    ],
)
def test_folders_keep_their_last_name_only(model, revision, name):
    assert public_name({"model": model, "revision": revision}) == name


def test_what_looks_like_a_hub_id_may_be_a_folder():
    assert last_name("acme/vit") == "acme/vit" and last_name("acme/vit", local=True) == "vit"


def test_nameless_models_are_told_from_others():
    assert NAMELESS.fullmatch("private-1") and NAMELESS.fullmatch("private-12@abc") and not NAMELESS.fullmatch("a/b")

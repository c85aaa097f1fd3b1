import json

import pytest

from hubscore.candidates.label_names import label_names, read_label_names


@pytest.mark.parametrize(
    ("config", "names"),
    [
        ({"id2label": {"0": "cat", "1": "dog"}}, ("cat", "dog")),
        ({"label_names": ["cat", "dog"], "architecture": "resnet18"}, ("cat", "dog")),
        ({"pretrained_cfg": {"label_names": ["cat", "dog"]}}, ("cat", "dog")),
        ({"pretrained_cfg": None, "id2label": None}, ()),
        ({"id2label": {"0": 3, "1": "dog"}, "label_names": "imagenet"}, ("dog",)),
        ({"label_names": "imagenet"}, ()),
    ],
)
def test_names_wherever_a_library_keeps_them(config, names):
    assert label_names(config) == names


@pytest.mark.parametrize("content", [None, "{", "[]", b"\xff\xfe"])
def test_what_cannot_be_read_names_nothing(content, tmp_path):
    if content is not None:
        (tmp_path / "config.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    assert read_label_names(tmp_path) == ()


def test_from_a_folder(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"id2label": {"0": "Katze"}}))
    assert read_label_names(tmp_path) == ("Katze",)

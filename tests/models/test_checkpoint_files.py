"""Damaged and dangerous folders, in words."""

import json

import pytest
from models.checkpoints import candidate

from hubscore.errors import CandidateError
from hubscore.models.checkpoint_files import read_config


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "config.json").write_text('{"architecture": "test_resnet"}')
    return tmp_path


def test_config_is_read(folder):
    assert read_config(candidate(folder, "timm"), folder) == {"architecture": "test_resnet"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "it has no config.json"),
        ("{", "its config.json cannot be read"),
        ("[]", "its config.json holds no JSON object"),
    ],
)
def test_config_that_is_none(folder, content, words):
    (folder / "config.json").unlink()
    if content is not None:
        (folder / "config.json").write_text(content)
    with pytest.raises(CandidateError, match=f"Cannot load 'org/net': {words}"):
        read_config(candidate(folder, "timm"), folder)


@pytest.mark.parametrize("name", ["config.json", "preprocessor_config.json"])
def test_code_from_the_repo_is_refused_before_anything_is_loaded(folder, name):
    (folder / name).write_text(json.dumps({"auto_map": {"AutoModel": "evil.Evil"}}))
    with pytest.raises(
        CandidateError, match=f"needs code from its own repo \\(auto_map in {name}\\), which hubscore does not run"
    ):
        read_config(candidate(folder, "transformers"), folder)

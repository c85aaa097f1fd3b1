import hashlib

import pytest

from hubscore.candidates.repo_info import RepoInfo
from hubscore.errors import DatasetError
from hubscore.modalities.base import Modality


class Letters(Modality):
    """The least that a modality says about itself."""

    name = "letter"
    nouns = ("letter", "letters")
    tasks = ("text-classification",)

    def library_of(self, info):
        return "letters" if info.library_name == "letters" else None


def test_what_a_modality_need_not_say():
    letters = Letters()
    assert letters.identity(b"a") == hashlib.sha256(b"a").hexdigest()
    assert letters.seconds(10, "lstm", None, 0.5) == 5 and letters.seconds(None, None, None, 1.0) == 0
    assert letters.task_of("regression") == "text-classification"
    assert letters.item_bytes("a") == 0 and letters.input_size_of({"image_size": 3}, "x_224") is None
    assert not letters.is_annotation({"bbox": 1}) and letters.attributions == letters.file_endings == ()
    with pytest.raises(DatasetError, match="Annotations of letters cannot be read"):
        letters.annotation_vectors([], None, [])


def test_a_network_is_taken_where_its_library_tells():
    assert Letters().takes(RepoInfo("org/a", "0", library_name="letters"))
    assert not Letters().takes(RepoInfo("org/a", "0", library_name="timm"))

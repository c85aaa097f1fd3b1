import json

import pytest

from hubscore.errors import StorageError
from hubscore.extract.cache import FeatureCache
from hubscore.extract.unwritten import Unwritten
from hubscore.types import Candidate, Measured

NET = Candidate("org/net", "a" * 40, "timm")
MADE = Measured(accuracy=0.8, images=100, epochs=2, seconds=12.5, train_images=300)


def test_what_is_written_is_read_under_its_key_alone(tmp_path):
    files = FeatureCache(tmp_path).measured
    assert files.read("k1") is None
    files.write("k1", NET, MADE)
    assert files.read("k1") == MADE and files.read("k2") is None


@pytest.mark.parametrize("text", ["{", "[]", '{"key": "k1"}', json.dumps({"key": "k2", "measured": MADE.to_json()})])
def test_a_damaged_file_is_removed_with_a_warning(tmp_path, text):
    files = FeatureCache(tmp_path).measured
    files.write("k1", NET, MADE)
    (path,) = files.folder.iterdir()
    path.write_text(text)
    with pytest.warns(RuntimeWarning, match="Removed the damaged cache file"):
        assert files.read("k1") is None
    assert not path.exists()


def test_an_accuracy_that_is_none_is_not_believed(tmp_path):
    files = FeatureCache(tmp_path).measured
    files.write("k1", NET, Measured(accuracy=7.0, images=100, epochs=2, seconds=1.0, train_images=300))
    with pytest.warns(RuntimeWarning, match="another result"):
        assert files.read("k1") is None


def test_a_folder_that_cannot_be_written_is_an_error_with_words(tmp_path):
    (tmp_path / "finetuned").write_text("in the way")
    store = FeatureCache(tmp_path)
    with pytest.warns(RuntimeWarning, match="Cannot store the accuracy of 'org/net'.*kept in memory"):
        store.measured.write("k1", NET, MADE)
    assert store.measured.read("k1") == MADE and FeatureCache(tmp_path).measured.read("k1") is None
    store.unwritten = Unwritten(lambda: 0)
    with pytest.raises(StorageError, match="Cannot store the accuracy of 'org/net'"):
        store.measured.write("k1", NET, MADE)


def test_the_cache_lists_and_clears_them(tmp_path):
    cache = FeatureCache(tmp_path)
    cache.measured.write("k1", NET, MADE)
    (cache.measured.folder / "k2.json").write_text("{")
    assert [(entry.key, entry.model, entry.kind) for entry in cache.entries()] == [
        ("k2", "(damaged)", "finetuned"),
        ("k1", "org/net", "finetuned"),
    ]
    cache.clear()
    assert cache.entries() == () and not cache.measured.folder.exists()

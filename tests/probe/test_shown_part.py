import pytest

from hubscore.errors import DatasetError, UsageError
from hubscore.probe.card import Card
from hubscore.probe.shown_part import with_shown
from hubscore.probe.source import DataSource

PLAIN = ["README.md", "data/test-00000-of-00001.parquet", "data/train-00000-of-00001.parquet"]
CONFIGS = ["README.md", "de/a.csv", "en/test.csv", "en/train.csv"]
CARD = Card({"de": {"data_files": "de/*"}, "en": {"data_dir": "en"}})


def shown(path, paths=PLAIN, card=None, config=None, split=None):
    source = DataSource("user/birds", "hub", revision="a" * 40, shown=path)
    return with_shown(source, card or Card(), paths, config, split)


def test_a_folder_with_all_data_is_the_data_set():
    assert shown("data") == shown("README.md") == (None, None)
    assert shown("data", split="test") == (None, "test")


def test_a_file_that_is_a_split_is_that_split():
    assert shown("data/test-00000-of-00001.parquet") == (None, "test")


def test_a_folder_that_is_a_configuration_is_that_configuration():
    assert shown("en", CONFIGS, CARD) == ("en", None) and shown("de", CONFIGS, CARD) == ("de", None)
    assert shown("en/test.csv", CONFIGS, CARD) == ("en", "test") and shown("en", CONFIGS, CARD, "en") == ("en", None)


def test_a_part_of_a_split_is_refused_with_the_way_to_get_it():
    with pytest.raises(DatasetError) as error:
        shown("a", ["a/1.csv", "b/2.csv"])
    assert "as a whole" in error.value.what and "--include 'a*'" in error.value.fix
    with pytest.raises(DatasetError) as error:
        shown("nowhere")
    assert "no data file" in error.value.why


def test_what_contradicts_the_page_is_refused():
    with pytest.raises(UsageError, match="exclude each other"):
        shown("en", CONFIGS, CARD, "de")
    with pytest.raises(UsageError, match="exclude each other"):
        shown("data/test-00000-of-00001.parquet", split="train")

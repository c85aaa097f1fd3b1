import random

import pytest

from hubscore.modalities.image.modality import IMAGE
from hubscore.probe.data_files import (
    SPLIT_WORDS,
    files_of_format,
    folder_format,
    format_of,
    is_data_file,
    matcher,
    split_files,
)

PARTS = ["train", "my-test", "val_2", "data", "cat", "a", "x.val", "Train", "eval", "dev-a", "training"]
FILES = ["a.png", "train.csv", "my_test.csv", "test-00000-of-00001.parquet", "x.jsonl", "eval.png", "b"]


def trees(count):
    """Random lists of files in which words for splits are frequent."""
    draw = random.Random(0)
    for _ in range(count):
        yield sorted(
            {
                "/".join([*draw.choices(PARTS, k=draw.randrange(4)), draw.choice(FILES)])
                for _ in range(draw.randrange(1, 7))
            }
        )


def test_splits_of_many_trees_are_those_of_datasets():
    import re

    from datasets.data_files import _get_data_files_patterns
    from fsspec.utils import glob_translate

    def expected(paths):
        def find(pattern):
            return [path for path in paths if re.match(glob_translate(pattern), path)]

        return {
            str(split): list(dict.fromkeys(path for pattern in some for path in find(pattern)))
            for split, some in _get_data_files_patterns(find).items()
        }

    for paths in trees(400):
        assert split_files(paths) == expected(paths), paths


@pytest.mark.parametrize(
    "pattern", ["*", "**", "**/*", "*.png", "data/*", "**/a/**", "a?.png", "[ab]*", "[!a].png", "**/[a-c]*.png", "a.b"]
)
def test_patterns_are_those_of_a_shell(pattern):
    import re

    from fsspec.utils import glob_translate

    matches, plain = matcher(pattern), re.compile(glob_translate(pattern))
    for path in ("a", "a.png", "ab.png", "b.png", "data/a", "data/a/b.png", "x/a/y.png", "a/x", "a.b", "axb", "c.png"):
        assert matches(path) == bool(plain.match(path)), (pattern, path)


@pytest.mark.parametrize(
    ("given", "splits"),
    [
        ("b/*", {"train": ["b/1.csv", "b/2.csv"]}),
        (["b/2.csv", "a.csv"], {"train": ["b/2.csv", "a.csv"]}),
        ({"test": "a.csv", "train": ["b/*"]}, {"test": ["a.csv"], "train": ["b/1.csv", "b/2.csv"]}),
        ([{"split": "x", "path": "a.csv"}, {"split": "y", "path": ["b/1.csv"]}], {"x": ["a.csv"], "y": ["b/1.csv"]}),
        ("nowhere/*", {}),
    ],
)
def test_a_card_may_name_its_files_in_several_ways(given, splits):
    assert split_files(["a.csv", "b/1.csv", "b/2.csv"], given) == splits


def test_sharded_files_name_their_split():
    paths = [f"data/{split}-0000{number}-of-00002.parquet" for split in ("extra", "train") for number in (0, 1)]
    assert list(split_files(paths)) == ["train", "extra"] and split_files(paths)["extra"] == paths[:2]
    assert set(SPLIT_WORDS) == {"train", "validation", "test"}


@pytest.mark.parametrize(
    ("paths", "form"),
    [
        (["a.png", "b.png", "list.csv"], "imagefolder"),
        (["a.parquet", "b.csv"], "parquet"),
        (["a.csv", "b.jsonl"], "json"),
        (["a.csv", "b.arrow", "c.parquet", "d.tar"], "parquet"),
        (["metadata.csv", "a.png"], "imagefolder"),
        (["metadata.csv", "a.zip"], "archive"),
        (["metadata.csv"], None),
        (["captions.txt"] * 5 + ["a.png"], "imagefolder"),
        (["a.tar.gz"], None),
        (["train.csv.gz", "labels.csv.bak"], "csv"),
        (["metadata.jsonl", "a.zip"], "archive"),
        (["a.mp3", "b.txt", "c.wav"], "audiofolder"),
        (["x"], None),
        ([], None),
    ],
)
def test_the_format_is_that_of_most_files(paths, form):
    assert format_of(paths, [IMAGE]) == form


def test_a_format_has_its_files():
    paths = ["a.png", "metadata.csv", "b.zip", "c.txt", "d.parquet"]
    assert folder_format(IMAGE) == "imagefolder"
    assert files_of_format(paths, "imagefolder", [IMAGE]) == ["a.png", "metadata.csv", "b.zip"]
    assert files_of_format(paths, "parquet", [IMAGE]) == ["b.zip", "d.parquet"]
    assert files_of_format(paths, "archive", [IMAGE]) == ["metadata.csv", "b.zip"]


def test_what_is_no_data():
    assert [is_data_file(path) for path in ("a/b.png", ".git/x", "a/.b.png", "__MACOSX/a.png", "README.md")] == [
        True,
        False,
        False,
        False,
        False,
    ]

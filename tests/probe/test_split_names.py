import pytest

from hubscore.probe.split_names import split_of_folder, split_of_word, splits_of_folders


@pytest.mark.parametrize(
    ("name", "split"),
    [("valid", "validation"), ("TRAINING", "train"), ("eval", "test"), ("Dev.zip", "validation"), ("trn", None)],
)
def test_words(name, split):
    assert split_of_word(name) == split_of_folder(name) == split


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("Test-Data", "test"),
        ("train2017", "train"),
        ("val_images", "validation"),
        ("Train Set", "train"),
        ("trainset.zip", "train"),
        ("train_station", None),
        ("test-positive", None),
        ("latest", None),
        ("dev1", None),
        ("training shoes", None),
        ("testament", None),
    ],
)
def test_spellings(name, split):
    assert split_of_word(name) is None and split_of_folder(name) == split


@pytest.mark.parametrize(
    ("names", "splits"),
    [
        (["birds-train", "birds-val", "docs"], {"birds-train": "train", "birds-val": "validation"}),
        (["bullet_train", "bullet"], {}),
        (["test-positive", "test-negative"], {}),
        (["train_test", "test_train"], {}),
        (["train", "birds-test"], {"train": "train"}),
    ],
)
def test_names_that_differ_in_the_word_alone(names, splits):
    assert splits_of_folders(names) == splits

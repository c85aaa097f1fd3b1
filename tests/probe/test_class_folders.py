import pytest

from hubscore.errors import DatasetError, ErrorCode
from hubscore.probe.class_folders import read_class_folders


def files(*folders, count=2):
    return sorted(f"{folder}/{number}.png".lstrip("/") for folder in folders for number in range(count))


def read(*folders, reading=None, more=()):
    return read_class_folders(sorted([*files(*folders), *more]), items="images", reading=reading)


def classes(found):
    return sorted(set(found.classes.values()))


@pytest.mark.parametrize(
    "names",
    [
        ["beach", "forest", "airport", "train_station", "train_interior"],
        ["test-positive", "test-negative", "inconclusive", "no-sample"],
        ["test-positive", "test-negative"],
        ["bus", "car", "plane", "train"],
        ["control", "drug", "test"],
        ["beach", "bullet_train", "truck"],
        ["dev", "prod", "test"],
        ["test1", "test2", "test3"],
    ],
)
def test_a_word_for_a_split_in_the_name_of_a_class(names):
    found = read(*names)
    assert classes(found) == sorted(names) and found.splits == {"train": files(*names)}


@pytest.mark.parametrize("name", ["train_3.png", "my-train-4.png", "bullet_train.png", "test.png"])
def test_a_word_for_a_split_in_the_name_of_a_file(name):
    found = read("cat", "dog", more=[f"cat/{name}"])
    assert list(found.splits) == ["train"] and found.classes[f"cat/{name}"] == "cat" and len(found.classes) == 5


@pytest.mark.parametrize(
    ("train", "other", "split"),
    [
        ("train", "test", "test"),
        ("Training", "VAL", "validation"),
        ("TRAIN", "Evaluation", "test"),
        ("train", "dev", "validation"),
    ],
)
def test_folders_that_are_all_splits(train, other, split):
    found = read(f"{train}/cat", f"{train}/dog", f"{other}/cat")
    assert found.splits == {"train": files(f"{train}/cat", f"{train}/dog"), split: files(f"{other}/cat")}
    assert classes(found) == ["cat", "dog"] and not found.notes


@pytest.mark.parametrize(
    ("train", "test"),
    [("training_set", "test_set"), ("Train Images", "TEST"), ("train2017", "test2017"), ("seg_train", "seg_test")],
)
def test_folders_spelled_like_splits_are_splits_where_they_hold_the_same_classes(train, test):
    found = read(f"{train}/sea", f"{train}/ice", f"{test}/{test}/sea", f"{test}/{test}/ice", "docs")
    assert {split: len(some) for split, some in found.splits.items()} == {"train": 4, "test": 4}
    assert classes(found) == ["ice", "sea"] and f"{train!r} as train" in found.notes[0]
    assert found.notes[1:] == ["left out, in no split: 2 of the images (docs/)"]


def test_a_folder_spelled_like_a_split_is_a_class_beside_other_classes():
    found = read("training_data", "other")
    assert classes(found) == ["other", "training_data"]
    assert found.label_notes["train"] == ["'training_data' is read as a class, not as a split"]


def test_a_split_with_a_single_class_has_that_class():
    found = read("x/train/cat/2023", "x/train/dog/2023", "x/val/dog/2023")
    assert found.classes["x/val/dog/2023/0.png"] == "dog" and classes(found) == ["cat", "dog"]


def test_what_lies_beside_splits_is_named():
    found = read("train/cat", "train/dog", "val/cat", "val/dog", "extra", "masks", more=["x.png"])
    assert sorted(found.splits) == ["train", "validation"] and classes(found) == ["cat", "dog"]
    assert found.notes == [
        "left out, in no split: 4 of the images (extra/, masks/)",
        "left out, in no split: 1 of the images (x.png)",
    ]


@pytest.mark.parametrize(
    "folders",
    [
        ["train/cat", "train/dog", "extra"],
        ["train/cat", "train/dog", "cat", "dog"],
        ["train", "test", "masks"],
        ["training_set", "test-data"],
        ["train2017", "val2017"],
        ["cat_train", "cat_test", "dog_train", "dog_test"],
        ["training_data/a", "training_data/b", "other"],
        ["train/a", "train/b", "test/c", "test/d", "extra"],
    ],
)
def test_two_readings_are_refused_and_shown(folders):
    with pytest.raises(DatasetError, match="can be read in two ways") as error:
        read(*folders)
    assert error.value.code == ErrorCode.TWO_READINGS and "train" in "".join(error.value.details["splits"])
    assert "as split" in error.value.why or "as a split" in error.value.why
    assert " classes: " in error.value.why and "--as classes" in error.value.fix and "--as splits" in error.value.fix
    assert len(read(*folders, reading="classes").splits) == 1
    assert "train" in read(*folders, reading="splits").splits


def test_the_first_of_two_levels_is_the_class():
    found = read("cat/2023", "cat/2024", "dog/2023")
    assert classes(found) == ["cat", "dog"] and len(found.classes) == 6
    (note,) = found.label_notes["train"]
    assert "the first folders are the classes (cat, dog)" in note and note.endswith("in several classes: 2023")


def test_strays_are_named_and_left_out():
    found = read("cat", "dog", more=["x.png", "cat/old/1.png"])
    assert len(found.classes) == 4 and len(found.splits["train"]) == 6
    assert found.label_notes["train"] == [
        "left out, not directly in a class folder: 2 of the images (x.png, cat/old/1.png)"
    ]


def test_a_folder_that_only_holds_the_others_is_gone_through():
    assert classes(read("pets/cat", "pets/dog")) == ["cat", "dog"]
    found = read("images/train/cat", "images/train/dog", "images/val/cat")
    assert sorted(found.splits) == ["train", "validation"] and classes(found) == ["cat", "dog"]
    assert classes(read("train/images/cat", "train/images/dog", "val/images/cat")) == ["cat", "dog"]
    assert classes(read("cat")) == ["cat"] and not read("images").classes


def test_flat_test_beside_classes():
    found = read("train/cat", "train/dog", "test")
    assert classes(found) == ["cat", "dog"] and found.splits["test"] == files("test")
    assert list(found.hint) == ["test"]


def test_more_files_beside_folders_than_in_them():
    found = read("cat", "", more=[f"x{number}.png" for number in range(9)])
    assert not found.classes and "11 of 13 lie in no folder" in found.hint["train"]


def test_archives_are_classes_where_each_holds_files_alone():
    found = read("cat.zip", "dog.zip")
    assert classes(found) == ["cat", "dog"] and "each archive is read as a class" in str(found.label_notes["train"])
    assert classes(read("birds/cat.zip", "birds/dog.zip")) == ["cat", "dog"]
    assert classes(read("train.zip", "bus.zip", "car.zip")) == ["bus", "car", "train"]
    assert not read("images1.zip", "images2.zip").classes and not read("a/x.zip", "b/x.zip", "c.zip/cat").notes
    assert classes(read("part1.zip", "part2.zip", reading="classes")) == ["part1", "part2"]
    assert sorted(read("train.zip", "test.zip").splits) == ["test", "train"]


def test_splits_without_classes_are_not_advised_alone():
    with pytest.raises(DatasetError) as error:
        read("train", "test", "ship")
    assert error.value.fix == "--as classes; or --as splits with rank --unlabeled"


def test_archives_may_be_splits():
    assert classes(read("a.zip/cat", "b.zip/dog")) == ["cat", "dog"]
    assert sorted(read("train.zip/cat", "test.zip/cat").splits) == ["test", "train"]


def test_splits_of_other_names_are_read_where_asked_for():
    found = read("fold1/cat", "fold1/dog", "fold2/cat", reading="splits")
    assert sorted(found.splits) == ["fold1", "fold2"] and classes(found) == ["cat", "dog"] and not found.notes
    with pytest.raises(DatasetError, match="has no splits"):
        read("", reading="splits")

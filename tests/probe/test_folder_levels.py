import pytest
from probe.pictures import png, write

from hubscore.probe.class_folders import read_class_folders
from hubscore.probe.folder_levels import PLAIN, are_alike, below_wrappers, by_first
from hubscore.probe.load import load_probe


def tree(*folders):
    return [(f"{folder}/{number}.png", tuple(folder.split("/"))) for folder in folders for number in range(2)]


FOLDS = ("fold1/cat", "fold1/dog", "fold2/cat", "fold2/dog")


@pytest.mark.parametrize(
    "folders",
    [
        FOLDS,
        ("raw/cat", "raw/dog", "processed/cat", "processed/dog"),
        ("fold1/images/cat", "fold1/images/dog", "fold2/images/cat", "fold2/images/dog"),
        ("fold1/0", "fold1/1", "fold2/0", "fold2/1"),
    ],
)
def test_folders_that_each_of_the_first_ones_has_are_the_classes(folders):
    found = read_class_folders([path for path, _ in tree(*folders)], items="images")
    assert set(found.classes.values()) == {folder.rpartition("/")[2] for folder in folders} and len(found.classes) == 8
    assert found.inner and "--as classes makes the first ones" in found.label_notes["train"][-1]


@pytest.mark.parametrize(
    "folders",
    [
        ("cat/view1", "cat/view2", "dog/view1", "dog/view2"),
        ("benign/40X", "benign/100X", "malignant/40X", "malignant/100X"),
        ("cat/train", "cat/test", "dog/train", "dog/test"),
        ("cat/young", "cat/old", "dog/young"),
        ("cat/all", "dog/all"),
        ("cat/young", "cat/old", "dog/young", "dog/old", "dog"),
    ],
)
def test_others_stay_what_is_in_a_class(folders):
    assert not are_alike(by_first(tree(*folders)))


def test_a_folder_with_all_others_is_gone_through():
    inside, above = below_wrappers(tree("pets/cat", "pets/dog"))
    assert above == ("pets",) and list(by_first(inside)) == ["cat", "dog"]
    assert below_wrappers(tree("train/cat", "train/dog"))[1] == ()


def test_what_is_offered_reads_the_other_way(tmp_path):
    write(
        tmp_path, {f"{folder}/{at}.png": png(10 * place + at) for place, folder in enumerate(FOLDS) for at in range(2)}
    )
    plain, first = load_probe(tmp_path), load_probe(tmp_path, read_as="classes")
    assert plain.classes == ("cat", "dog") and len(plain) == 8 and "--as classes" in " ".join(plain.notes)
    assert first.classes == ("fold1", "fold2") and "--as subfolders" in " ".join(first.notes)
    again = load_probe(tmp_path, read_as="subfolders")
    assert again.classes == plain.classes and again.fingerprint == plain.fingerprint


def test_of_folders_in_classes_the_other_reading_is_offered():
    found = read_class_folders([path for path, _ in tree("cat/view1", "cat/view2", "dog/view1")], items="images")
    assert found.label_notes["train"][0].startswith(f"{PLAIN.format('cat, dog')} (--as subfolders takes these)")
    folds = [path for path, _ in tree(*FOLDS)]
    loose = read_class_folders([*folds, "x.png"], items="images").label_notes["train"]
    assert loose[0] == "left out, not directly in a class folder: 1 of the images (x.png)"
    asked = read_class_folders([path for path, _ in tree("cat/a", "dog/b")], items="images", reading="subfolders")
    assert set(asked.classes.values()) == {"a", "b"}

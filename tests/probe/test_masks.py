import pytest

from hubscore.probe.masks import mask_folders, mask_notes


def test_masks_are_named():
    paths = [f"cat/{number}{end}.png" for number in range(4) for end in ("", "_mask")]
    assert mask_notes(paths, "images")[0].startswith("4 of 8 images are named '..._mask'")
    assert not mask_notes([f"a/cat_{number}.png" for number in range(5)], "images")
    assert not mask_notes(["a/1.png", "a/2.png", "a/3.png", "a/1_mask.png"], "images")
    assert list(mask_folders(["images/1.png", "images/2.png", "masks/1.png", "masks/2.png"])) == ["masks"]
    assert not mask_folders(["cat/1.png", "masks/1.png"])


@pytest.mark.parametrize(
    ("names", "mark"),
    [
        (("{0}", "{0}_mask_1", "{0}_mask_2"), "..._mask"),
        (("{0}", "mask_{0}"), "mask_..."),
        (("{0}", "{0}-SEG"), "...-SEG"),
        (("{0}", "Depth.{0}"), "Depth...."),
        (("{0}", "{0}_left2"), "..._left"),
    ],
)
def test_numbers_behind_a_suffix_and_words_before_a_name(names, mark):
    paths = [f"cat/{name.format(number)}.png" for number in range(5) for name in names]
    assert [repr(mark) in note for note in mask_notes(paths, "images")] == [True]


def test_names_that_only_count_are_no_masks():
    assert mask_notes([f"cat/cat_{number}.png" for number in range(9)] + ["cat/cat.png"], "images") == []
    assert mask_notes([f"mask/mask_{number}.png" for number in range(9)], "images") == []
    assert mask_notes([f"with_mask/with_mask_{number}.png" for number in range(9)], "images") == []


def test_a_tree_of_masks_beside_a_tree_of_images():
    paths = [f"{folder}/{label}/{number}.png" for folder in ("images", "Masks") for label in "ab" for number in "12"]
    assert mask_folders(paths) == {"Masks": [path for path in paths if path.startswith("M")]}

import pytest

from hubscore.probe.archive_classes import class_archives


@pytest.mark.parametrize(
    "names",
    [("cat", "dog"), ("class_a", "class_b"), ("n02 cat", "n03 dog"), ("part of a tree", "leaf")],
)
def test_one_archive_a_class(names):
    assert len(class_archives([f"{name}.zip/{number}.png" for name in names for number in range(3)])) == len(names)


@pytest.mark.parametrize(
    "names",
    [
        ("cat",),
        ("images-1", "images-2"),
        ("part_a1", "part_a2"),
        ("0", "1"),
        ("images", "cat"),
        ("x-1-of-2", "x-2-of-2"),
    ],
)
def test_parts_of_one_whole(names):
    assert not class_archives([f"{name}.ZIP/{number}.png" for name in names for number in range(3)])


def test_folders_in_or_beside_archives_say_the_classes():
    assert not class_archives(["a.zip/cat/1.png", "b.zip/dog/1.png"])
    assert not class_archives(["a.zip/1.png", "b.zip/1.png", "cow/1.png"])


def test_a_person_says_so():
    assert class_archives(["0.zip/1.png", "1.zip/1.png"], asked=True) == {"0.zip", "1.zip"}

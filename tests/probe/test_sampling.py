from collections import Counter

import numpy as np
import pytest
from datasets import ClassLabel, Features, Image
from probe.pictures import stored

from hubscore.errors import DatasetError, UsageError
from hubscore.probe.decoding import DecodedRows
from hubscore.probe.sampling import draw_rows, drop_small_classes
from hubscore.probe.targets import Labels


class Shelf:
    """Rows without images, of which only some fit into the budget."""

    features = Features({"image": Image(), "label": ClassLabel(names=["a", "b"])})
    hint = ""

    def __init__(self, count, allowed=None):
        self.numbers, self.notes, self.allowed = np.arange(count), [], allowed

    def fitting(self, name, places, budget, rng):
        return self.allowed


def classes(values, names="abcdefgh"):
    numbers = np.array(values)
    return Labels("classification", numbers, tuple(names), numbers < 0)


def draw(labels, samples=100, allowed=None, seed=0, count=None):
    shelf = Shelf(len(labels.values) if count is None else count, allowed)
    return draw_rows(
        shelf, "image", labels, items="images", samples=samples, budget=1_000, rng=np.random.default_rng(seed)
    ), shelf.notes


def test_classes_are_balanced():
    labels = classes([0] * 90 + [1] * 10)
    found, notes = draw(labels, 16)
    assert Counter(labels.values[found.rows].tolist()) == {0: 8, 1: 8} and notes == []


def test_what_was_left_out_is_said():
    found, notes = draw(classes([0, 0, 1, 1, 2, -1, -1]))
    assert sorted(found.rows) == [0, 1, 2, 3]
    assert notes == [
        "2 rows without a label were left out",
        "left out, fewer than 2 images: c",
        "all 4 usable rows were taken, fewer than the 100 asked for",
        "classes with fewer than 5 images: a (2), b (2)",
    ]


def test_only_some_left_out_classes_are_named():
    assert "fewer than 2 images: c, d, e, f, g and 1 more" in draw(classes([0, 0, 1, 1, 2, 3, 4, 5, 6, 7]))[1][0]


def test_too_many_classes():
    found, notes = draw(classes(np.repeat(np.arange(8), 5)), samples=8)
    assert len(set(found.groups)) == 4
    assert notes == ["4 of 8 classes were left out at random, so that each of the others has 2 images"]


def test_rows_are_drawn_again_from_what_fits():
    found, notes = draw(classes([0, 1] * 50), samples=10, allowed=np.arange(20, 30))
    assert sorted(found.rows) == list(range(20, 30)) and notes == []


def test_nothing_fits():
    with pytest.raises(UsageError, match=r"Nothing of the data set fits into 1,000 bytes.*\nTry: --probe-bytes 4e9"):
        draw(classes([0, 1] * 5), allowed=np.arange(0))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([0] * 5, "The data set has one class: every label is 'a'"),
        ([0, 1, 2], "Fewer than two classes have two images: 3 classes for 3 images, and 0 of them"),
        ([0, 0, 1, 2], "and 1 of them with two images or more"),
        ([-1, -1], "The data set is unlabeled: all 2 labels are empty"),
    ],
)
def test_sets_that_cannot_be_ranked_on(values, words):
    with pytest.raises(DatasetError) as error:
        draw(classes(values))
    assert words in str(error.value) and "--label-column NAME" in error.value.fix


def test_too_few_samples():
    with pytest.raises(UsageError, match="3 samples are too few: two classes need two images each\nTry: --samples 4"):
        draw(classes([0, 0, 1, 1]), samples=3)


def test_an_empty_split():
    with pytest.raises(DatasetError, match="The split has no rows"):
        draw(classes([]))


def test_several_labels_are_drawn_label_by_label():
    vectors = np.zeros((100, 3), dtype=int)
    vectors[:, 0], vectors[5:10, 1], vectors[90:92, 2] = 1, 1, 1
    found, _ = draw(Labels("multilabel", vectors, ("a", "b", "c"), np.zeros(100, bool)), samples=12)
    assert (
        vectors[found.rows].sum(axis=0)[1] >= 4
        and vectors[found.rows].sum(axis=0)[2] == 2
        and len(set(found.rows)) == 12
    )


def test_rows_without_any_label_are_a_kind_of_their_own():
    vectors = np.zeros((50, 1), dtype=int)
    vectors[:5] = 1
    found, _ = draw(Labels("multilabel", vectors, ("a",), np.zeros(50, bool)), samples=10)
    assert vectors[found.rows].sum() == 5


def test_numbers_and_nothing_are_drawn_plainly():
    numbers = Labels("regression", np.linspace(0, 1, 40), (), np.arange(40) < 20)
    found, notes = draw(numbers, samples=10)
    assert min(found.rows) >= 20 and notes == ["20 rows without a label were left out"]
    shelf = Shelf(30)
    assert (
        len(draw_rows(shelf, "image", None, items="images", samples=7, budget=1, rng=np.random.default_rng(0)).rows)
        == 7
    )


def collected(groups):
    return DecodedRows(list(range(len(groups))), list(groups), stored([b"x"] * len(groups)), [])


def test_classes_that_broken_images_left_alone_are_left_out():
    notes = []
    found = drop_small_classes(collected([0, 1, 2, 0, 1]), classes([0, 1, 2, 0, 1]), notes, items="images")
    assert found.positions == [0, 1, 3, 4] and notes == ["left out, too many of their images are broken: c"]


def test_too_few_classes_survive():
    with pytest.raises(DatasetError, match="Fewer than two classes remain"):
        drop_small_classes(collected([0, 0, 1]), classes([0, 0, 1]), [], items="images")


def test_without_classes_nothing_is_settled():
    assert drop_small_classes(collected([0]), None, [], items="images").positions == [0]

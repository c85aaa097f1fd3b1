import numpy as np

from hubscore.probe.fingerprint import fingerprint

IMAGES = [b"one", b"two"]
PLAIN = fingerprint(IMAGES, np.array([0, 1]), ("cat", "dog"), "classification")


def test_the_same_rows_give_the_same_one():
    assert fingerprint(list(IMAGES), np.array([0, 1]), ("cat", "dog"), "classification") == PLAIN
    assert len(PLAIN) == 64


def test_class_numbers_do_not_matter_names_do():
    assert fingerprint(IMAGES, np.array([1, 0]), ("dog", "cat"), "classification") == PLAIN
    assert fingerprint(IMAGES, np.array([0, 1]), ("cat", "hog"), "classification") != PLAIN


def test_bytes_and_order_matter():
    assert fingerprint([b"one", b"tw0"], np.array([0, 1]), ("cat", "dog"), "classification") != PLAIN
    assert fingerprint(IMAGES[::-1], np.array([1, 0]), ("cat", "dog"), "classification") != PLAIN


def test_no_two_kinds_of_label_collide():
    others = [
        fingerprint(IMAGES, None, (), None),
        fingerprint(IMAGES, np.array([0.0, 1.0]), (), "regression"),
        fingerprint(IMAGES, np.array([[1, 0], [0, 1]]), ("cat", "dog"), "multilabel"),
        fingerprint(IMAGES, np.array([[1, 0], [0, 1.0]]), ("cat", "dog"), "annotation"),
    ]
    assert len({PLAIN, *others}) == 5


def test_columns_of_several_labels_may_be_reordered():
    first = fingerprint(IMAGES, np.array([[1, 0], [1, 1]]), ("cat", "dog"), "multilabel")
    assert fingerprint(IMAGES, np.array([[0, 1], [1, 1]]), ("dog", "cat"), "multilabel") == first


def test_where_one_part_ends_is_part_of_it():
    assert fingerprint([b"ab", b"c"], None, (), None) != fingerprint([b"a", b"bc"], None, (), None)


def test_it_stays_what_it_is():
    """Caches and published results hold it: a change here needs a new prefix in the hash."""
    assert PLAIN == "ccec4dcec75991e72d90576bd90875fffcb351add0a5c2c9ca8ea356a4c2f4eb"

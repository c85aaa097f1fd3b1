import numpy as np
import pytest

from hubscore.recommend.archi2vec.embedding import fit_embedding
from hubscore.recommend.archi2vec.graph import Graph
from hubscore.recommend.archi2vec.packing import digested, pack, unpack, vectors_of
from hubscore.recommend.archi2vec.weisfeiler_lehman import subtrees

ONE = Graph(("Add", "Variable", "Variable"), ((0, 1), (0, 2)))
OTHER = Graph(("Mul", "Add", "Variable"), ((0, 1), (1, 2)))
NAMES = ("a", "b", "c", "d")


@pytest.fixture
def known():
    return {"a": digested(subtrees(ONE)), "b": digested(subtrees(OTHER)), "d": digested(subtrees(ONE))}


def test_what_was_packed_is_there_again_and_a_shared_architecture_lies_there_once(known):
    arrays = pack(known, NAMES)
    assert unpack(arrays, NAMES) == known and arrays["architecture_graphs"].tolist() == [0, 1, -1, 0]
    assert pack({}, NAMES) == unpack({}, NAMES) == {}
    assert (
        pack(unpack(arrays, NAMES), NAMES)["architecture_labels"].tobytes() == arrays["architecture_labels"].tobytes()
    )


def test_vectors_of_counts_have_the_cosines_of_vectors_of_graphs(known):
    embedding, made = fit_embedding([ONE, OTHER]), vectors_of(known)
    got = made["a"] @ made["b"]
    assert got == pytest.approx(float(embedding.transform(ONE) @ embedding.transform(OTHER)), abs=1e-6)
    np.testing.assert_array_equal(made["a"], made["d"])
    assert vectors_of({"a": known["a"], "d": known["d"]}) == {}  # one architecture is beside nothing


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("graphs", np.array([0, 1, -1], dtype=np.int64)),
        ("graphs", np.array([0, 0, 0, 0], dtype=np.int64)),
        ("graphs", np.array([0, 1, -1, 2**60], dtype=np.int64)),  # no room for so many
        ("counts", np.array([[0, 999, 1]], dtype=np.int32)),
        ("counts", np.array([[0, 0, -1]], dtype=np.int32)),
        ("labels", np.zeros((2, 3), dtype=np.uint8)),
    ],
)
def test_arrays_that_do_not_fit_are_refused(known, name, value):
    with pytest.raises(ValueError, match="architectures"):
        unpack({**pack(known, NAMES), f"architecture_{name}": value}, NAMES)

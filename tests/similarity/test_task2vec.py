import numpy as np
import pytest
from scipy.spatial.distance import cosine

from hubscore.errors import Undefined, UsageError
from hubscore.similarity.task2vec import task2vec


def test_by_hand():
    # (1/4, 3/4) and (3/4, 1/4): cosine 6/10.
    assert task2vec([1.0, 3.0], [3.0, 1.0]) == pytest.approx(0.4, abs=1e-7)


def test_against_scipy():
    rng = np.random.default_rng(0)
    a, b = rng.gamma(1, size=50), rng.gamma(1, size=50)
    assert task2vec(a, b) == pytest.approx(cosine(a / (a + b + 1e-8), b / (a + b + 1e-8)), abs=1e-12)


def test_filters_that_carry_nothing_in_either_task_do_not_count():
    assert task2vec([1.0, 3.0, 0.0], [3.0, 1.0, 0.0]) == task2vec([1.0, 3.0], [3.0, 1.0])


@pytest.mark.parametrize(
    ("broken", "why"), [([1.0, -1.0], "negative"), ([1.0, np.nan], "not finite"), ([[1.0]], "shape")]
)
def test_what_is_no_embedding_is_refused(broken, why):
    with pytest.raises(UsageError, match=why):
        task2vec(broken, [1.0, 1.0])


def test_other_probe_networks_and_empty_embeddings():
    with pytest.raises(UsageError, match="2 and 3 filters") as told:
        task2vec([1.0, 2.0], [1.0, 2.0, 3.0])
    assert "same probe network" in told.value.fix
    with pytest.raises(Undefined, match="0 for every filter"):
        task2vec([0.0, 0.0], [1.0, 2.0])

import numpy as np
import pytest

from hubscore import score, score_pool
from hubscore.errors import UsageError
from hubscore.scores.given import near_keyword

F, Y = np.random.default_rng(0).normal(size=(12, 3)), np.repeat([0, 1, 2], 4)
NET = {"features": F, "logits": F, "labels": Y}


@pytest.mark.parametrize("name", ["X", "feature"])
def test_a_keyword_by_another_name_is_answered_with_its_own(name):
    with pytest.raises(UsageError, match=r"^Score 'logme' has no option .*\nTry: did you mean features=\?$"):
        score("logme", labels=Y, **{name: F})
    with pytest.raises(UsageError, match=r"^A network has no .*\nTry: did you mean features=\?$"):
        score_pool("logme", [{name: F, "labels": Y}])
    assert near_keyword("covarance", ("covariance",)) == "covariance"


@pytest.mark.parametrize(
    ("other", "told"),
    [({name: value[:9] for name, value in NET.items()}, "9 samples"), ({**NET, "labels": Y[::-1]}, "other labels")],
)
def test_networks_that_saw_other_samples_are_not_compared(other, told):
    with pytest.raises(UsageError, match=rf"^Cannot compare these networks by 'ncti': network 1 .* has {told}"):
        score_pool("ncti", [NET, other])
    assert len(score_pool("ncti", [NET, {**NET, "features": F**2}])) == 2


@pytest.mark.parametrize("size", [1e200, 1e-200])
def test_features_beyond_their_squares_are_refused_only_where_their_size_matters(size):
    value = score("logme", features=F, labels=Y)
    assert score("logme", features=F * size, labels=Y) == pytest.approx(value, rel=1e-12)
    with pytest.raises(UsageError, match=r"^Cannot use features of up to .*: scores take squares, .*\nTry: divide"):
        score("gbc", features=F * size, labels=Y)

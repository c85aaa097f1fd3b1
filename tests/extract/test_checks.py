"""Numbers that no score can use."""

import numpy as np
import pytest

from hubscore.errors import CandidateError
from hubscore.extract.checks import check_finite, check_varying


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_rows_that_are_not_finite_are_counted(bad):
    features, logits = np.ones((5, 3)), np.ones((5, 2))
    check_finite("org/net", features, logits)
    features[[1, 3], 2] = bad
    with pytest.raises(CandidateError, match=r"its features are not finite \(NaN or infinite\) for 2 of 5 rows"):
        check_finite("org/net", features, logits)
    logits[0] = bad
    with pytest.raises(CandidateError, match=r"its logits are not finite .* for 1 of 5 rows"):
        check_finite("org/net", np.ones((5, 3)), logits)


def test_features_that_never_vary():
    with pytest.raises(CandidateError, match="its features are the same for all 4 rows") as error:
        check_varying("org/net", np.zeros((4, 3)))
    assert error.value.subject == "org/net"
    check_varying("org/net", np.zeros((1, 3)))
    check_varying("org/net", np.eye(3)[:2])

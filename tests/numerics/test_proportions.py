import numpy as np
import pytest

from hubscore.errors import UsageError
from hubscore.numerics.proportions import standard_error


def test_standard_error_of_an_accuracy() -> None:
    # Two successes and two failures added: (242 / 304) * (62 / 304) / 304.
    assert standard_error(0.8, 300) == pytest.approx(np.sqrt(242 / 304 * 62 / 304 / 304))
    assert standard_error(1.0, 100) > 0
    with pytest.raises(UsageError, match="standard error"):
        standard_error(1.2, 100)

import pytest

from hubscore.errors import UsageError
from hubscore.run.exclusion import read_exclusion
from hubscore.run.options import CandidateOptions


@pytest.mark.parametrize(("given", "meant"), [(False, False), (True, True), ("declared", True), ("all", "all")])
def test_what_it_may_be(given, meant):
    assert read_exclusion(given) is meant or read_exclusion(given) == meant
    assert CandidateOptions(exclude_contaminated=given).exclude_contaminated == meant


@pytest.mark.parametrize("given", ["every", "", 2, None])
def test_anything_else_is_refused(given):
    with pytest.raises(UsageError, match="means nothing"):
        read_exclusion(given)

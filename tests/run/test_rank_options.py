import pytest

from hubscore.errors import UsageError
from hubscore.run.rank_options import RankOptions


def test_a_bare_ranking_computes_all_scores_on_no_subsamples():
    assert (RankOptions().scores, RankOptions().subsamples, RankOptions().resample) == ("all", 0, ())


@pytest.mark.parametrize("wrong", [{"reduce": 0}, {"subsamples": -1}, {"probes": 0}])
def test_bounds(wrong):
    with pytest.raises(UsageError, match="must be at least"):
        RankOptions(**wrong)

"""Rankings of parts of the candidates beside the ranking of all of them."""

from dataclasses import replace

import pytest
from fakes import SIGNALS, fake_pool, fake_probe

from hubscore.errors import UsageError
from hubscore.ranking.build import build_ranking
from hubscore.ranking.joined import join_rankings
from hubscore.types import Ranking, Skipped

NAMES = tuple(SIGNALS)


@pytest.fixture(scope="module")
def rankings():
    """All six networks; three each."""
    probe = fake_probe(each=15)

    def ranked(names, scores):
        return build_ranking(*fake_pool(probe, names=names), probe, scores=scores)

    scores = ["knn", "logme", "etran", "kernel_probe", "kernel_probe_loss"]
    return [ranked(names, scores) for names in (NAMES, NAMES[::2], NAMES[1::2])]


def test_the_whole_is_what_one_ranking_of_all_would_be(rankings):
    whole, *parts = rankings
    joined = join_rankings(parts)
    assert [row.model for row in joined] == [row.model for row in whole]
    for mine, theirs in zip(joined, whole, strict=True):
        same = {name: value for name, value in theirs.scores.items() if name != "etran"}
        assert (mine.scores, mine.expected, mine.expected_sd) == (same, theirs.expected, theirs.expected_sd)
        assert (mine.rank, mine.tie_group, mine.rank_ci) == (theirs.rank, theirs.tie_group, theirs.rank_ci)
        assert (mine.p_best, mine.shortlist) == (theirs.p_best, theirs.shortlist)
    assert joined.agreement.order == whole.agreement.order


def test_scores_over_all_networks_are_undefined_with_the_reason(rankings):
    joined = join_rankings(rankings[1:])
    assert {row.undefined["etran"] for row in joined} == {
        "it compares all networks with each other, and these were ranked in parts"
    }
    assert "etran" not in joined.scores
    assert joined.record.warnings[0].startswith("Put together from 2 rankings of parts of the candidates")


def test_the_order_of_the_parts_does_not_matter(rankings):
    one, two = rankings[1:]
    assert join_rankings([one, two]).rows == join_rankings([two, one]).rows


def test_what_no_part_has_is_skipped_with_its_reason(rankings):
    part = replace(rankings[1], skipped=(Skipped(NAMES[1], "too large"), Skipped("lab/evil", "a pickle")))
    joined = join_rankings([part, rankings[2]], skipped=[Skipped("lab/lost", "its job failed")])
    assert {one.model: one.reason for one in joined.skipped} == {"lab/lost": "its job failed", "lab/evil": "a pickle"}


def test_what_the_searches_of_the_parts_left_out_for_one_reason_is_all_there(rankings):
    left = [["lab/a", "lab/b"], ["lab/b", "lab/c"]]
    parts = [
        replace(part, record=replace(part.record, left_out={"gated": names}))
        for part, names in zip(rankings[1:], left, strict=True)
    ]
    assert join_rankings(parts).record.left_out == {"gated": ["lab/a", "lab/b", "lab/c"]}


def test_a_joined_ranking_is_saved_and_read(rankings, tmp_path):
    joined = join_rankings(rankings[1:])
    joined.save(str(tmp_path / "joined.json"))
    assert Ranking.load(str(tmp_path / "joined.json")).rows == joined.rows
    joined.save(str(tmp_path / "joined.html"))


def test_one_part_stays_as_it_is(rankings):
    assert join_rankings(rankings[:1]).rows == rankings[0].rows


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda one: replace(one, probe=replace(one.probe, fingerprint="e" * 64)), "their rows differ"),
        (lambda one: replace(one, record=replace(one.record, transform="whole")), "different options"),
        (lambda one: replace(one, record=replace(one.record, versions={"hubscore": "0"})), "different versions"),
    ],
)
def test_rankings_that_were_not_made_alike_are_refused(rankings, change, why):
    with pytest.raises(UsageError, match=why):
        join_rankings([rankings[1], change(rankings[2])])

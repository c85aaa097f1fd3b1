"""Shares and prices."""

import pytest
from huggingface_hub import HfApi

from hubscore.candidates.candidate_set import CandidateSet
from hubscore.errors import HubError, UsageError
from hubscore.run.job_plan import JobPlan, ask_jobs, price_of, share_out
from hubscore.types import Candidate

NETS = tuple(Candidate(f"org/{name}", "0" * 40, "timm") for name in "abcdef")
SECONDS = dict(zip((one.repo_id for one in NETS), (9.0, 1.0, 5.0, 3.0, 2.0, 4.0), strict=True))


def test_the_longest_go_first_to_who_has_least():
    shares = share_out(CandidateSet(NETS), SECONDS, 3)
    assert [share.seconds for share in shares] == [9.0, 8.0, 7.0]
    assert sorted(one.repo_id for share in shares for one in share.candidates) == [one.repo_id for one in NETS]
    assert len({share.out for share in shares}) == 3


def test_where_no_times_are_known_the_shares_are_of_one_size():
    assert [len(share.candidates) for share in share_out(CandidateSet(NETS), {}, 3)] == [2, 2, 2]


def test_no_more_jobs_than_candidates():
    assert len(share_out(CandidateSet(NETS[:2]), {}, 9)) == 2


def test_the_plan_says_what_it_costs_at_most():
    shares = share_out(CandidateSet(NETS), SECONDS, 2)
    text = JobPlan("user/birds", "l4x1", 0.001, 3600.0, shares, "me/hubscore-jobs", ()).text
    assert "2 jobs on l4x1 for 6 models, about 24 s of work at this machine's speed" in text
    assert "$0.0600 a minute and job: about $0.02, an estimate, and $7.20 at most" in text
    assert "What they cost is not listed" in JobPlan("d", "x", None, 60.0, shares, "r", ()).text


def test_the_plan_of_many_says_that_there_is_no_race():
    many = tuple(Candidate(f"org/{number}", "0" * 40, "timm") for number in range(51))
    texts = [JobPlan("d", "x", None, 60.0, share_out(CandidateSet(some), {}, 2), "r", ()).text for some in (many, NETS)]
    assert "No race: each job sees its own share only" in texts[0] and "race" not in texts[1]


def test_prices_are_the_hubs(hub):
    api = HfApi(hub.url, token="hf_alice")
    assert price_of(api, "cpu-basic") == pytest.approx(167e-6 / 60)
    with pytest.raises(UsageError, match="There is no hardware 'cpu-basics'"):
        price_of(api, "cpu-basics")


def test_what_the_hub_refuses_is_said(hub):
    api = HfApi(hub.url, token="hf_alice")
    with pytest.raises(HubError, match="may not run jobs for bob"):
        ask_jobs(lambda: api.run_job(image="a", command=["b"], flavor="cpu-basic", namespace="bob"))

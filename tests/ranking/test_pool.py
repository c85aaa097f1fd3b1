from dataclasses import replace

import numpy as np
import pytest
from fakes import fake_pool, fake_probe

from hubscore.errors import CandidateError, UsageError
from hubscore.numerics.workspace import Workspace
from hubscore.ranking.pool import candidate_of, open_pool
from hubscore.ranking.score_inputs import ProbeResults, ScoreInputs
from hubscore.types import Skipped


def test_candidates_come_in_the_order_of_their_names_and_others_are_ignored():
    probe = fake_probe(each=4)
    candidates, extractions = fake_pool(probe)
    del extractions["lab/good"]
    pool = open_pool(candidates[::-1], [ProbeResults(probe, extractions)], [Skipped("lab/evil", "a pickle")])
    assert list(pool.models) == sorted(extractions) and pool.probe is probe
    assert pool.skipped == (Skipped("lab/evil", "a pickle"),)
    assert candidate_of(pool.models["lab/best"]).repo_id == "lab/best"


def test_what_failed_on_one_probe_is_skipped_on_all():
    probe = fake_probe(each=4)
    candidates, extractions = fake_pool(probe)
    broken = replace(extractions["lab/best"], features={"penultimate": np.full((len(probe), 3), np.nan)})
    results = [ProbeResults(probe, extractions), ProbeResults(probe, extractions | {"lab/best": broken})]
    pool = open_pool(candidates, results, ())
    assert len(pool.inputs) == 2 and all("lab/best" not in inputs for inputs in pool.inputs)
    (left_out,) = pool.skipped
    assert left_out.model == "lab/best"


def test_an_empty_pool_names_every_reason():
    with pytest.raises(CandidateError, match="lab/evil: a pickle"):
        open_pool([], [ProbeResults(fake_probe(each=4), {})], [Skipped("lab/evil", "a pickle")])


def test_inputs_that_came_from_nowhere_have_no_candidate():
    with pytest.raises(UsageError, match="not opened from a candidate"):
        candidate_of(ScoreInputs(Workspace(features=np.ones((3, 2)))))

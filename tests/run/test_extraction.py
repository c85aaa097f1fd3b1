"""What is asked of the layers follows from the scores; running them is tested with sessions and several processes."""

from dataclasses import replace

import numpy as np
from extract.probes import probe

from hubscore.candidates.candidate_set import CandidateSet
from hubscore.run.extraction import layer_request
from hubscore.run.rank_options import RankOptions
from hubscore.types import Candidate

FOUND = CandidateSet((Candidate("org/one", "1" * 40, "timm"),))
EVERYONE = replace(FOUND, candidates=(*FOUND.candidates, Candidate("org/reference", "2" * 40, "timm")))
LABELLED = [replace(probe(count), labels=np.arange(count) % 2, target="classification") for count in (6, 4)]


def asked(probes=LABELLED, **options):
    return layer_request(RankOptions(**options), FOUND, EVERYONE, probes, seed=3)


def test_one_kernel_a_probe_of_every_candidate_and_none_of_the_reference():
    request = asked()
    assert (request.seed, request.parts, request.without) == (3, (6, 4), {"org/reference"})
    assert (request.batch, request.transform, request.failed) == (100, "whole", {})


def test_none_where_nothing_reads_it():
    assert asked(scores="logme,kernel_probe") is None and asked(layers=False) is None
    assert asked(scores="layer_kernel_probe_loss") is not None
    assert asked([replace(one, labels=None) for one in LABELLED]) is None

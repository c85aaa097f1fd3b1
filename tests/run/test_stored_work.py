"""What is kept of earlier runs, found by their notes."""

from dataclasses import replace

import numpy as np
import pytest
from extract.blocks import block, ids

from hubscore.candidates.plan import LAYER_COST
from hubscore.extract.cache_key import layer_kernel_key
from hubscore.extract.job import ExtractionRecipe
from hubscore.extract.layer_request import LayerRequest
from hubscore.extract.notes import KnownKeys
from hubscore.run.options import RunOptions
from hubscore.run.session import Session
from hubscore.run.stored_work import passes_left, remember_rows, with_known_rows
from hubscore.types import Candidate, Extraction, Probe

CANDIDATE = Candidate("org/net", "a" * 40, "timm", weights="model.safetensors")
PROBE = Probe("user/birds", None, "train", "b" * 40, (4, 7, 9, 11), None, (), None, "", 0, row_ids=ids("abcd"))
KEY, NETWORK = "0" * 64, "1" * 64


@pytest.fixture
def session(tmp_path):
    return Session(run=RunOptions(device="cpu", cache_dir=tmp_path))


def remember(session, layers, *keys):
    run = session.run
    recipe = ExtractionRecipe(PROBE, run.input_size, run.batch_size, "own", layers, run.precision)
    KnownKeys(session.cache.root).remember(recipe.identity(CANDIDATE), keys)


def left(session, layers=None):
    return passes_left(session, [CANDIDATE], PROBE, layers=layers)


def test_nothing_is_known_of_what_never_ran(session):
    assert left(session) == {} and passes_left(session, [CANDIDATE], replace(PROBE, row_ids=())) == {}


def test_rows_count_by_their_share(session):
    remember(session, None, KEY)
    assert left(session) == {"org/net": 1.0}  # the cache was cleared
    session.cache.write_rows(KEY, block("abc"))
    assert left(session) == {"org/net": 0.25}
    session.cache.write_rows(KEY, block("dz"))
    assert left(session) == {"org/net": 0.0}


def test_the_kernel_of_the_layers_counts_as_a_plan_has_it(session):
    request = LayerRequest(seed=3, parts=(4,))
    remember(session, None, KEY)
    session.cache.write_rows(KEY, block("abcd"))
    assert left(session, request) == {"org/net": pytest.approx(LAYER_COST - 1)}  # features of a run without kernels
    remember(session, request, KEY, NETWORK, "")
    assert left(session, request) == {"org/net": pytest.approx(LAYER_COST - 1)}
    key = layer_kernel_key(NETWORK, PROBE.row_ids, seed=3, batch=request.batch)
    kernel = Extraction(key, "org/net", "a" * 40, {}, layer_kernel=np.eye(4, dtype=np.float32))
    session.cache.write_kernel(kernel)
    assert left(session, request) == {"org/net": 0.0}
    assert left(session, replace(request, seed=4)) == {"org/net": pytest.approx(LAYER_COST - 1)}


def test_rows_of_a_commit_are_known_by_their_places(tmp_path):
    remember_rows(tmp_path, PROBE)
    seen = replace(PROBE, row_ids=())
    assert with_known_rows(tmp_path, seen).row_ids == PROBE.row_ids
    others = [replace(seen, revision=None), replace(seen, revision="c" * 40), replace(seen, indices=(4, 7, 9, 12))]
    assert all(with_known_rows(tmp_path, other).row_ids == () for other in others)

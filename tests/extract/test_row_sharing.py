"""Rows of one candidate over two real workers: the numbers of one process, bit for bit."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from extract.probes import checkpoints, probe

from hubscore.extract.cache import FeatureCache
from hubscore.extract.events import CandidateFinished, CandidateStarted
from hubscore.extract.layer_request import LayerRequest
from hubscore.extract.parked import end_parked_workers
from hubscore.extract.stream import extract_each
from hubscore.extract.supervisor import Supervision

PROBE = probe(70)


@pytest.fixture(scope="module")
def candidates(tmp_path_factory):
    return checkpoints(tmp_path_factory.mktemp("checkpoints"))[:2]


@pytest.fixture
def started_warm(warm_python, monkeypatch):
    """Workers are started with a Python that has imported what they need."""
    monkeypatch.setattr(sys, "executable", warm_python)
    yield
    end_parked_workers()


def run(candidates, store, supervision=None, progress=None, **known):
    results = extract_each(
        candidates,
        PROBE,
        fetch=lambda one: Path(one.path),
        store=FeatureCache(store),
        device="cpu",
        batch_size=16,
        supervision=supervision,
        progress=progress,
        **known,
    )
    return {one.candidate.repo_id: one for one in results}


def test_rows_of_one_candidate_over_two_workers_are_those_of_one_process(candidates, started_warm, tmp_path):
    two, events, forgotten = Supervision(2, "cpu", keep=True), [], []
    for candidate, layers in ((candidates[0], None), (candidates[0], LayerRequest()), (candidates[1], LayerRequest())):
        name, folder = candidate.repo_id, f"{candidate.repo_id.replace('/', '-')}{layers is None}"
        alone = run([candidate], tmp_path / "alone" / folder, layers=layers)[name]
        shared = run(
            [candidate],
            tmp_path / "shared" / folder,
            two,
            events.append,
            layers=layers,
            forget=lambda one: forgotten.append(one.repo_id),
        )[name]
        for layer, values in alone.extraction.features.items():
            assert np.array_equal(values, shared.extraction.features[layer])
        assert np.array_equal(alone.extraction.logits, shared.extraction.logits)
        if layers is not None:
            assert np.array_equal(alone.extraction.layer_kernel, shared.extraction.layer_kernel)
        assert shared.forward_images == alone.forward_images
        assert alone.extraction.key == shared.extraction.key and alone.extraction.notes == shared.extraction.notes
        again = run([candidate], tmp_path / "shared" / folder, two, layers=layers)[name]
        assert again.forward_images == 0
    assert [type(event) for event in events] == [CandidateStarted, CandidateFinished] * 3
    assert forgotten == ["org/resnet", "org/resnet", "org/vit"]
    blocks = list((tmp_path / "shared" / "org-resnetTrue" / "features").rglob("*.safetensors"))
    assert len(blocks) == 2  # each worker wrote its own

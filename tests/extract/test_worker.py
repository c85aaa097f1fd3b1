import json
import pickle

import pytest

from hubscore.candidates.resolve import resolve_candidates
from hubscore.errors import StorageError
from hubscore.extract.cache import FeatureCache
from hubscore.extract.launch import Job
from hubscore.extract.worker import work
from hubscore.hub.client import hub_api
from hubscore.probe.load import load_probe


@pytest.fixture
def job(tmp_path, tiny_repos, hub):
    """A job over one checkpoint of the session's Hub."""
    from e2e.conftest import photo_folder
    from hubfixture import write_files

    write_files(tmp_path / "photos", photo_folder(3))
    found = resolve_candidates([tiny_repos.timm], api=hub_api())
    return lambda store: Job(
        found.candidates, load_probe(str(tmp_path / "photos")), str(store), "cpu", None, None, False
    )


def test_a_worker_stores_tells_and_writes_the_outcome_last(job, tmp_path):
    (tmp_path / "job.pickle").write_bytes(pickle.dumps(job(tmp_path / "store")))
    outcome = work(tmp_path)
    assert json.loads((tmp_path / "outcome.json").read_text()) == {
        "skipped": [],
        "forward_images": 9,
        "without_layers": {},
    }
    kinds = [json.loads(line)["event"] for line in (tmp_path / "events-0.jsonl").read_text().splitlines()]
    assert kinds == ["CandidateStarted", "CandidateFinished"]
    (entry,) = FeatureCache(tmp_path / "store").entries()
    assert [entry.model] == list(outcome.extractions) and entry.rows == 9


def test_a_store_that_cannot_be_written_leaves_no_outcome(job, tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "job.pickle").write_bytes(pickle.dumps(job(tmp_path / "file")))
    with pytest.raises(StorageError, match="Cannot store the features"):
        work(tmp_path)
    assert not (tmp_path / "outcome.json").exists()

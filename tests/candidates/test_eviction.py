"""What a killed run had fetched, with a real process that is killed in the middle of it, over the local Hub."""

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from candidates.repos import tensors, timm_repo
from hubfixture import add_model
from huggingface_hub import hf_hub_download

from hubscore.candidates.download import cached_bytes, download
from hubscore.candidates.downloader import Downloader
from hubscore.candidates.eviction import FOLDER, EvictionJournal, Fetched
from hubscore.candidates.resolve import resolve_candidates
from hubscore.hub.client import hub_api, snapshot_folder

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals")

RUN = """
import sys
from pathlib import Path
from hubscore.candidates.downloader import Downloader
from hubscore.candidates.eviction import EvictionJournal
from hubscore.candidates.resolve import resolve_candidates
from hubscore.hub.client import hub_api

downloader = Downloader(journal=EvictionJournal(Path(sys.argv[1])))
for one in resolve_candidates(sys.argv[2:], api=hub_api()).candidates:
    downloader.download(one)
print("there", flush=True)
sys.stdin.readline()
"""


@contextmanager
def running(root, *names):
    """A run with ``evict`` that has fetched candidates and deletes none; it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(root), *names],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        text=True,
    )
    with process:
        try:
            assert process.stdout.readline() == "there\n"
            yield process
        finally:
            os.kill(process.pid, signal.SIGKILL)


@pytest.fixture
def named(hub):
    """Resolve a fresh repo by name."""

    def make(name, seed):
        add_model(hub.root, name, timm_repo(count=500, seed=seed))
        return resolve_candidates([name], api=hub_api()).candidates[0]

    return make


def notes(root) -> list[Path]:
    return sorted((root / FOLDER).glob("*/*.json"))


def test_the_next_run_deletes_what_a_killed_one_fetched_and_nothing_else(named, tmp_path):
    ours, mixed, theirs = (named(f"cand-kill/{name}", at) for at, name in enumerate(("ours", "mixed", "theirs")))
    hf_hub_download("cand-kill/mixed", "config.json", revision=mixed.revision)
    download(theirs)
    with running(tmp_path, ours.repo_id, mixed.repo_id, theirs.repo_id):
        # a run that lives is left alone
        assert Downloader(journal=EvictionJournal(tmp_path)).delete_left([]) == ((), 0)
    assert len(notes(tmp_path)) == 3 and cached_bytes(ours) and cached_bytes(mixed) >= mixed.bytes
    half = snapshot_folder(ours.repo_id, ours.revision).parents[1] / "blobs" / "abc.0123.incomplete"
    half.write_bytes(b"1234567")
    told, freed = Downloader(journal=EvictionJournal(tmp_path)).delete_left([])
    assert sorted(told) == ["cand-kill/mixed", "cand-kill/ours"]
    assert freed >= 7 + ours.bytes + len(tensors(500, 1)) and not half.exists()
    assert not half.parents[1].exists()
    folder = snapshot_folder(mixed.repo_id, mixed.revision)
    assert [path.name for path in folder.iterdir()] == ["config.json"]
    assert cached_bytes(theirs) >= theirs.bytes
    assert notes(tmp_path) == [] and Downloader(journal=EvictionJournal(tmp_path)).delete_left([]) == ((), 0)


def test_what_the_next_run_needs_is_not_fetched_twice_and_then_goes(named, tmp_path):
    ours = named("cand-kill/again", 3)
    with running(tmp_path, ours.repo_id):
        pass
    weights = snapshot_folder(ours.repo_id, ours.revision) / "model.safetensors"
    before = weights.stat().st_mtime_ns
    downloader = Downloader(journal=EvictionJournal(tmp_path))
    assert downloader.delete_left([ours]) == ((), 0)
    downloader.download(ours)
    assert weights.stat().st_mtime_ns == before and len(notes(tmp_path)) == 1
    assert downloader.evict(ours) >= ours.bytes
    assert cached_bytes(ours) == 0 and notes(tmp_path) == []


def test_what_is_kept_is_not_noted(named, tmp_path):
    ours = named("cand-kill/kept", 4)
    downloader = Downloader(journal=EvictionJournal(tmp_path))
    downloader.download(ours)
    assert len(notes(tmp_path)) == 1
    downloader.keep(ours)
    assert notes(tmp_path) == [] and cached_bytes(ours)


@pytest.mark.parametrize(
    "change",
    [
        {"revision": "../../../outside"},
        {"repo_id": "../../outside"},
        {"repo_id": "../outside"},
        {"before": [1]},
        {"more": 1},
        {"half": None},
    ],
)
def test_a_note_that_names_anything_else_deletes_nothing(hub, tmp_path, change):
    left = tmp_path / FOLDER / "dead"
    left.mkdir(parents=True)
    good = Fetched.now("cand-kill/none", "0" * 40)
    (left / good.name).write_text(json.dumps({**vars(good), **change}))
    (left / "damaged.json").write_text("[" * 100_000)
    outside = snapshot_folder("a/b", "").parents[2] / "outside"
    outside.mkdir(exist_ok=True)
    (outside / "file").write_text("stays")
    assert EvictionJournal(tmp_path).open() == {}
    assert (outside / "file").read_text() == "stays" and notes(tmp_path) == []


def test_notes_of_another_cache_of_the_hub_stay(hub, tmp_path):
    left = tmp_path / FOLDER / "dead"
    left.mkdir(parents=True)
    other = Fetched("cand-kill/none", "0" * 40, "/elsewhere")
    (left / other.name).write_text(json.dumps(vars(other)))
    assert EvictionJournal(tmp_path).open() == {}
    assert len(notes(tmp_path)) == 1


def test_where_nothing_can_be_noted_the_run_goes_on(named, tmp_path):
    (tmp_path / FOLDER).write_text("no folder")
    ours = named("cand-kill/unnoted", 5)
    downloader = Downloader(journal=EvictionJournal(tmp_path))
    downloader.download(ours)
    assert downloader.evict(ours) >= ours.bytes

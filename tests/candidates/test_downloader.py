import pytest
from candidates.repos import tensors, timm_repo
from hubfixture import add_model, write_files
from huggingface_hub import hf_hub_download, try_to_load_from_cache

from hubscore.candidates.download import cached_bytes, download
from hubscore.candidates.downloader import Downloader
from hubscore.candidates.resolve import resolve_candidates
from hubscore.hub.client import hub_api


@pytest.fixture
def named(hub):
    """Resolve a fresh repo by name."""

    def make(name, files):
        add_model(hub.root, name, files)
        return resolve_candidates([name], api=hub_api()).candidates[0]

    return make


def test_what_this_run_downloaded_goes(named):
    ours = named("cand-disk/ours", timm_repo(count=500))
    downloader = Downloader()
    folder = downloader.download(ours)
    assert downloader.evict(ours) >= ours.bytes
    assert not folder.exists() and cached_bytes(ours) == 0


def test_what_was_there_before_stays(named):
    theirs = named("cand-disk/theirs", timm_repo(count=500, seed=5))
    download(theirs)
    downloader = Downloader()
    downloader.download(theirs)
    assert downloader.evict(theirs) == 0
    assert cached_bytes(theirs) == theirs.bytes


def test_half_of_it_there_before_stays_and_the_rest_goes(named):
    mixed = named("cand-disk/mixed", timm_repo(count=500, seed=6))
    hf_hub_download("cand-disk/mixed", "config.json", revision=mixed.revision)
    downloader = Downloader()
    downloader.download(mixed)
    assert downloader.evict(mixed) == len(tensors(500, 6))
    assert isinstance(try_to_load_from_cache("cand-disk/mixed", "config.json", revision=mixed.revision), str)
    assert not isinstance(try_to_load_from_cache("cand-disk/mixed", "model.safetensors", revision=mixed.revision), str)


def test_the_configuration_fetched_first_counts_as_ours(named):
    ours = named("cand-disk/config", timm_repo(count=500, seed=7))
    downloader = Downloader()
    downloader.download_config(ours)
    downloader.download(ours)
    downloader.evict(ours)
    assert cached_bytes(ours) == 0


def test_an_evicted_candidate_can_be_fetched_again(named):
    ours = named("cand-disk/again", timm_repo(count=500, seed=8))
    downloader = Downloader()
    downloader.download(ours)
    downloader.evict(ours)
    assert (downloader.download(ours) / "model.safetensors").read_bytes() == tensors(500, 8)


def test_a_local_folder_is_never_touched(hub, tmp_path):
    folder = write_files(tmp_path / "net", timm_repo())
    (local,) = resolve_candidates([str(folder)], api=hub_api()).candidates
    downloader = Downloader()
    downloader.download(local)
    assert downloader.evict(local) == 0
    assert (folder / "model.safetensors").is_file()


def test_what_was_never_fetched_frees_nothing(named):
    assert Downloader().evict(named("cand-disk/never", timm_repo(seed=9))) == 0

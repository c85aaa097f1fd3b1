import errno

import pytest
from candidates.repos import tensors, timm_repo, transformers_repo, without
from hubfixture import add_model, write_files

from hubscore.candidates.candidate_set import CandidateSet
from hubscore.candidates.download import cached_bytes, download, download_config
from hubscore.candidates.downloader import Downloader
from hubscore.candidates.resolve import resolve_candidates
from hubscore.candidates.sizes import measure_sizes
from hubscore.errors import CandidateError, HubError, StorageError
from hubscore.hub.client import hub_api, hub_id
from hubscore.types import Candidate


@pytest.fixture
def no_waiting(monkeypatch):
    monkeypatch.setattr("hubscore.hub.retry.time.sleep", lambda seconds: None)
    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", lambda seconds: None)


def candidate(hub, name, files):
    add_model(hub.root, name, files)
    return resolve_candidates([name], api=hub_api()).candidates[0]


def test_only_what_is_loaded_is_downloaded(hub):
    copies = {
        "pytorch_model.bin": b"x",
        "model.onnx": b"x",
        "tf_model.h5": b"x",
        "model.fp16.safetensors": b"x",
        "onnx/model.onnx": b"x",
    }
    folder = download(candidate(hub, "cand-fetch/many", {**transformers_repo(), **copies}))
    assert sorted(path.name for path in folder.iterdir()) == [
        "config.json",
        "model.safetensors",
        "preprocessor_config.json",
    ]


def test_the_pinned_commit_is_what_comes(hub):
    pinned = candidate(hub, "cand-fetch/pinned", timm_repo())
    assert download(pinned).name == pinned.revision


def test_a_second_fetch_asks_the_hub_nothing(hub):
    pinned = candidate(hub, "cand-fetch/twice", timm_repo())
    download(pinned)
    asked = len(hub.log)
    download(pinned)
    assert len(hub.log) == asked


def test_shards_come_with_their_index(hub):
    shards = {f"model-0000{n}-of-00002.safetensors": tensors(10, n) for n in (1, 2)}
    index = '{"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}'
    folder = download(
        candidate(
            hub,
            "cand-fetch/shards",
            {**without(timm_repo(), "model.safetensors"), **shards, "model.safetensors.index.json": index},
        )
    )
    assert {path.name for path in folder.iterdir()} >= {*shards, "model.safetensors.index.json"}


def test_a_pickle_comes_only_when_there_is_nothing_else(hub):
    old = candidate(hub, "cand-fetch/pickle", {**without(timm_repo(), "model.safetensors"), "pytorch_model.bin": b"x"})
    assert (download(old) / "pytorch_model.bin").is_file()


def test_a_local_folder_is_used_where_it_is(hub, tmp_path):
    folder = write_files(tmp_path / "net", timm_repo())
    (local,) = resolve_candidates([str(folder)], api=hub_api()).candidates
    assert download(local) == folder == download_config(local)
    assert cached_bytes(local) == local.bytes


def test_the_configuration_can_come_alone(hub):
    pinned = candidate(hub, "cand-fetch/config", transformers_repo())
    assert cached_bytes(pinned) == 0
    folder = download_config(pinned)
    assert sorted(path.name for path in folder.iterdir()) == ["config.json", "preprocessor_config.json"]
    assert 0 < cached_bytes(pinned) < pinned.bytes
    download(pinned)
    assert cached_bytes(pinned) == pinned.bytes


def test_a_second_revision_is_fetched_from_the_repo_itself(hub):
    pinned = candidate(hub, "cand-fetch/twin", timm_repo())
    twin = Candidate.from_json({**pinned.to_json(), "repo_id": f"cand-fetch/twin@{pinned.revision[:7]}"})
    assert hub_id(twin) == "cand-fetch/twin"
    assert download(twin) == download(pinned)


def test_a_cut_download_is_taken_up_again(hub, no_waiting):
    pinned = candidate(hub, "cand-fetch/cut", timm_repo(count=50_000))
    hub.faults.cut(path="cand-fetch/cut/resolve/.*safetensors", after=1000)
    folder = download(pinned)
    assert (folder / "model.safetensors").read_bytes() == tensors(50_000)


def test_a_download_cut_every_time_is_an_error_that_says_so(hub, no_waiting):
    pinned = candidate(hub, "cand-fetch/cuts", timm_repo(count=50_000))
    hub.faults.cut(path="cand-fetch/cuts/resolve/.*safetensors", after=0, times=None)
    with pytest.raises(HubError, match="cand-fetch/cuts") as caught:
        download(pinned)
    hub.faults.clear()
    assert "cut" in str(caught.value) and caught.value.fix


def test_a_repo_that_went_away_is_explained(hub):
    gone = Candidate("cand-fetch/gone", "0" * 40, "timm", weights="model.safetensors")
    with pytest.raises(CandidateError, match="was not found"):
        download(gone)


def test_a_config_without_weights_is_found_out(hub):
    add_model(hub.root, "cand-fetch/bare", without(timm_repo(), "model.safetensors"))
    sha = hub_api().model_info("cand-fetch/bare").sha
    with pytest.raises(CandidateError, match="no weights to load: a config without weights"):
        download(Candidate("cand-fetch/bare", sha, "timm"))


def test_a_full_disk_is_a_storage_error(hub, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    pinned = candidate(hub, "cand-fetch/full", timm_repo(count=40))
    monkeypatch.setattr("huggingface_hub.file_download.http_get", full)
    with pytest.raises(StorageError, match="The disk is full") as caught:
        download(pinned)
    assert "HF_HOME" in caught.value.fix


def test_a_candidate_costs_one_answer_and_two_requests_a_file(hub):
    add_model(hub.root, "cand-fetch/counted", timm_repo())
    asked = len(hub.log)
    named = resolve_candidates(["cand-fetch/counted"], api=hub_api())
    downloader = Downloader()
    for one in measure_sizes(named, api=hub_api()).candidates:
        downloader.download_config(one)
        downloader.download(one)
    paths = [path for _, path, _, _ in hub.log[asked:]]
    assert sum("/resolve/" in path for path in paths) == 4  # of the configuration and of the weights
    assert len(paths) == 5 and not any("/tree/" in path for path in paths)


def test_sizes_and_downloads_of_a_search_share_one_listing(hub):
    add_model(hub.root, "cand-fetch/shared", {**timm_repo(seed=71), "below/notes.txt": "x"})
    sha = hub_api().model_info("cand-fetch/shared").sha
    listed = CandidateSet((Candidate("cand-fetch/shared", sha, "timm"),))
    asked = len(hub.log)
    (one,) = measure_sizes(listed, api=hub_api()).candidates
    download(one)
    assert sum("/tree/" in path for _, path, _, _ in hub.log[asked:]) == 1 and len(hub.log) == asked + 5
    assert measure_sizes(listed, api=hub_api()).candidates == (one,)
    download(one)
    assert len(hub.log) == asked + 5  # warm: the cache lists the commit


def test_what_was_evicted_is_fetched_again_without_a_listing(hub):
    pinned = candidate(hub, "cand-fetch/evicted", timm_repo(seed=72))
    downloader = Downloader()
    downloader.download(pinned)
    downloader.evict(pinned)
    asked = len(hub.log)
    downloader.download(pinned)
    assert len(hub.log) == asked + 4

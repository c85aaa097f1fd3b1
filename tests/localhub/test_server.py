import shutil
import time

import pytest
from hubfixture import add_model, write_files
from huggingface_hub import CommitOperationAdd, HfApi
from huggingface_hub.errors import HfHubHTTPError, RevisionNotFoundError

from hubscore.errors import StorageError, UsageError
from hubscore.localhub import serve

FILES = {"README.md": "# Same\n", "config.json": "{}", "deep/model.safetensors": b"\1" * 5000}


def client(hub) -> HfApi:
    return HfApi(endpoint=hub.url, token="hf_local")


def test_the_sha_depends_on_the_content_alone(tmp_path):
    shas = []
    for place in ("here", "there"):
        add_model(tmp_path / place, "local/same", FILES)
        with serve(tmp_path / place) as hub:
            shas.append(client(hub).model_info("local/same").sha)
        time.sleep(0.01)
    (tmp_path / "there/models/local/same/config.json").write_text("{ }")
    with serve(tmp_path / "there") as hub:
        shas.append(client(hub).model_info("local/same").sha)
    assert shas[0] == shas[1] != shas[2]


def test_what_was_written_survives_a_restart_and_the_folder_is_untouched(tmp_path):
    folder = add_model(tmp_path / "root", "local/kept", FILES)
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}
    with serve(tmp_path / "root", state=tmp_path / "state") as hub:
        api = client(hub)
        first = api.model_info("local/kept").sha
        second = api.upload_file(repo_id="local/kept", path_or_fileobj=b"# New\n", path_in_repo="README.md").oid
        api.upload_file(repo_id="local/kept", path_or_fileobj=b"w" * 4000, path_in_repo="more.bin")
        pull = api.create_commit(
            "local/kept", [CommitOperationAdd("x.txt", b"x")], commit_message="A proposal", create_pr=True
        )
        api.create_repo("local/made", repo_type="dataset")
        files = api.list_repo_files("local/kept")
    with serve(tmp_path / "root", state=tmp_path / "state") as hub:
        api = client(hub)
        assert api.list_repo_files("local/kept") == files
        assert [it.commit_id for it in api.list_repo_commits("local/kept")][1:] == [second, first]
        assert len(api.list_repo_files("local/kept", revision=first)) == 3
        assert api.get_discussion_details("local/kept", pull.pr_num).title == "A proposal"
        assert "x.txt" in api.list_repo_files("local/kept", revision=pull.pr_revision)
        assert [it.id for it in api.list_datasets()] == ["local/made"]
        with open(
            api.hf_hub_download("local/kept", "deep/model.safetensors", cache_dir=tmp_path / "cache"), "rb"
        ) as file:
            assert file.read() == FILES["deep/model.safetensors"]
    assert {
        path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()
    } == before


def test_small_files_of_old_revisions_outlive_the_folder_and_large_ones_are_checked(tmp_path):
    folder = add_model(tmp_path / "root", "local/moved", FILES)
    with serve(tmp_path / "root", state=tmp_path / "state") as hub:
        api = client(hub)
        first = api.model_info("local/moved").sha
        api.upload_file(repo_id="local/moved", path_or_fileobj=b"x", path_in_repo="x.txt")
        shutil.copytree(folder, tmp_path / "copy", copy_function=shutil.copyfile)  # new times, same bytes
        shutil.rmtree(folder)
        shutil.copytree(tmp_path / "copy", folder, copy_function=shutil.copyfile)
        write_files(folder, {"README.md": "# Changed on disk\n"})
        for name in ("README.md", "deep/model.safetensors"):
            with open(
                api.hf_hub_download("local/moved", name, revision=first, cache_dir=tmp_path / "cache"), "rb"
            ) as file:
                assert file.read() in (FILES["README.md"].encode(), FILES["deep/model.safetensors"])
        write_files(folder, {"deep/model.safetensors": b"\2" * 5000})
        with pytest.raises(RevisionNotFoundError, match=r"model\.safetensors was changed in the served folder"):
            api.hf_hub_download("local/moved", "deep/model.safetensors", revision=first, cache_dir=tmp_path / "cache2")


def test_a_temporary_state_is_removed_and_starting_is_quick(tmp_path):
    for number in range(30):
        add_model(tmp_path, f"many/m{number}", {"model.safetensors": bytes(200_000)})
    took = []
    for _ in range(3):  # the best of three: other work on the machine is not the server's fault
        start = time.perf_counter()
        hub = serve(tmp_path)
        took.append(time.perf_counter() - start)
        hub.stop()
    assert min(took) < 0.5
    hub = serve(tmp_path)
    state = hub.state
    assert state.is_dir()
    hub.stop()
    assert not state.exists()


def test_a_taken_port_and_a_missing_folder_are_named(tmp_path):
    with (
        serve(tmp_path) as hub,
        pytest.raises(UsageError, match=rf"cannot listen on 127\.0\.0\.1:{hub.port}: Address already in use"),
    ):
        serve(tmp_path, port=hub.port)
    with pytest.raises(UsageError, match="does not exist or is not a folder"):
        serve(tmp_path / "none")


def test_a_state_that_cannot_be_used_is_named(tmp_path):
    (tmp_path / "root").mkdir()
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match=r"The state cannot be kept in .*file"):
        serve(tmp_path / "root", state=tmp_path / "file")
    record = tmp_path / "state" / "repos" / "models" / "a--b" / "record.json"
    record.parent.mkdir(parents=True)
    record.write_text('{"kind": "model"')
    with pytest.raises(StorageError, match="a file in it was not written by the local Hub"):
        serve(tmp_path / "root", state=tmp_path / "state")


def test_the_log_counts_requests_and_bytes(tmp_path):
    add_model(tmp_path, "local/counted", {"big.bin": b"0" * 300_000})
    with serve(tmp_path) as hub:
        client(hub).hf_hub_download("local/counted", "big.bin", cache_dir=tmp_path / "cache")
        assert [(method, status, sent) for method, _, status, sent in hub.log] == [
            ("HEAD", 200, 0),
            ("GET", 200, 300_000),
        ]
        assert hub.log[0][1] == "/local/counted/resolve/main/big.bin"
        hub.log.clear()
        assert hub.log == []


def test_two_people_at_once_do_not_lose_a_commit(tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    add_model(tmp_path, "local/busy", {"README.md": "# Busy\n"})
    with serve(tmp_path) as hub:
        api = client(hub)

        def add(number: int) -> None:
            api.upload_file(repo_id="local/busy", path_or_fileobj=str(number).encode(), path_in_repo=f"{number}.txt")

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(add, range(24)))
        assert len(api.list_repo_files("local/busy")) == 25
        assert len(api.list_repo_commits("local/busy")) == 25


def test_a_full_disk_is_said(tmp_path, monkeypatch):
    add_model(tmp_path / "root", "local/full", {"README.md": "# Full\n"})
    with serve(tmp_path / "root", state=tmp_path / "state") as hub:
        api = client(hub)
        api.model_info("local/full")
        monkeypatch.setattr("os.replace", _no_space)
        with pytest.raises(HfHubHTTPError, match="The disk that holds the state is full"):
            api.upload_file(repo_id="local/full", path_or_fileobj=b"x", path_in_repo="x.txt")
        monkeypatch.undo()
        assert api.list_repo_files("local/full") == ["README.md"]


def _no_space(*_: object) -> None:
    raise OSError(28, "No space left on device")

import hashlib

import pytest
from hubfixture import add_model
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils import httpx

CONTENT = bytes(range(256)) * 100


def batch(hub, repo: str, content: bytes, token: str = "hf_alice") -> dict:
    oid = hashlib.sha256(content).hexdigest()
    body = {"operation": "upload", "objects": [{"oid": oid, "size": len(content)}]}
    answer = httpx.post(
        f"{hub.url}/{repo}.git/info/lfs/objects/batch", json=body, headers={"Authorization": f"Bearer {token}"}
    )
    answer.raise_for_status()
    return answer.json()["objects"][0]


@pytest.fixture(scope="module")
def repo(hub) -> str:
    add_model(hub.root, "alice/large", {"README.md": "# Large\n", "there.bin": CONTENT[::-1]})
    return "alice/large"


def test_large_files_arrive_whole_and_only_once(hub, alice, repo, tmp_path):
    (tmp_path / "w.safetensors").write_bytes(CONTENT)
    alice.upload_file(repo_id=repo, path_or_fileobj=tmp_path / "w.safetensors", path_in_repo="w.safetensors")
    with open(alice.hf_hub_download(repo, "w.safetensors"), "rb") as file:
        assert file.read() == CONTENT
    hub.log.clear()
    alice.upload_file(repo_id=repo, path_or_fileobj=CONTENT, path_in_repo="again.safetensors")
    assert "PUT" not in {method for method, *_ in hub.log}


def test_what_lies_in_the_folder_need_not_be_sent(hub, repo):
    assert "actions" not in batch(hub, repo, CONTENT[::-1])


def test_other_bytes_than_announced_are_refused(hub, repo):
    href = batch(hub, repo, b"announced" * 9)["actions"]["upload"]["href"]
    assert httpx.put(href, content=b"different" * 9).status_code == 400
    assert httpx.put(href, content=b"announced" * 10).status_code == 400
    assert httpx.put(href.replace("size=81", "size=90"), content=b"announced" * 10).status_code == 403
    assert httpx.put(href, content=b"announced" * 9).status_code == 200


def test_an_object_of_one_repo_is_not_an_object_of_another(alice, repo):
    alice.create_repo("alice/other-large")
    line = (
        f'{{"key":"lfsFile","value":{{"path":"x.bin","algo":"sha256","oid":"{hashlib.sha256(CONTENT).hexdigest()}"}}}}'
    )
    body = '{"key":"header","value":{"summary":"steal"}}\n' + line
    answer = httpx.post(
        f"{alice.endpoint}/api/models/alice/other-large/commit/main",
        content=body,
        headers={"Authorization": "Bearer hf_alice"},
    )
    assert answer.status_code == 400 and "was not uploaded to this repo" in answer.json()["error"]


def test_readers_cannot_upload(hub, repo):
    with pytest.raises(httpx.HTTPStatusError, match="403"):
        batch(hub, repo, b"mine", token="hf_reader")


def test_a_pull_request_may_hold_large_files(bob, alice, repo):
    pull = bob.upload_file(
        repo_id=repo, path_or_fileobj=b"b" * 999, path_in_repo="bob.bin", create_pr=True, commit_message="Add weights"
    )
    alice.merge_pull_request(repo, pull.pr_num)
    info = alice.get_paths_info(repo, "bob.bin")[0]
    assert info.lfs.sha256 == hashlib.sha256(b"b" * 999).hexdigest()


def test_xet_is_said_to_be_absent(hub, repo):
    answer = httpx.get(
        f"{hub.url}/api/models/{repo}/xet-write-token/main", headers={"Authorization": "Bearer hf_alice"}
    )
    assert answer.status_code == 501 and "HF_HUB_DISABLE_XET=1" in answer.json()["error"]


def test_the_client_names_what_is_missing(hub, alice):
    with pytest.raises(HfHubHTTPError, match="No model repo named alice/none here"):
        HfApi(token="hf_alice").upload_file(repo_id="alice/none", path_or_fileobj=CONTENT, path_in_repo="w.bin")

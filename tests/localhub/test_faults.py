import pytest
from hubfixture import add_model
from huggingface_hub import HfApi, hf_hub_download
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils import httpx

BYTES = bytes(range(256)) * 2000


@pytest.fixture
def repo(hub, request):
    name = f"faults/{request.node.name[:60]}"
    add_model(hub.root, name, {"README.md": "# Faults\n", "big.bin": BYTES})
    yield name
    hub.faults.clear()


def test_a_status_is_answered_as_often_as_planned(hub, repo):
    hub.faults.add(path=rf"/api/models/{repo}$", status=503, times=2)
    for _ in range(2):
        with pytest.raises(HfHubHTTPError, match="rehearsed failure 503"):
            HfApi().model_info(repo)
    assert HfApi().model_info(repo).id == repo


def test_headers_and_methods_are_respected(hub, repo):
    hub.faults.add(method="POST", path="discussions", status=429, times=None, headers={"Retry-After": "1"})
    api = HfApi(token="hf_alice")
    assert list(api.get_repo_discussions(repo)) == []
    for _ in range(3):
        with pytest.raises(HfHubHTTPError) as failure:
            api.create_discussion(repo, "Hello there")
        assert failure.value.response.headers["Retry-After"] == "1"


def test_the_client_retries_what_it_should(hub, repo):
    hub.faults.add(path=r"/resolve/.*big\.bin", status=429, times=1, headers={"Retry-After": "0"})
    hub.log.clear()
    with open(hf_hub_download(repo, "big.bin"), "rb") as file:
        assert file.read() == BYTES
    assert [status for method, _, status, _ in hub.log if method == "GET"] == [429, 200]


def test_a_cut_download_is_resumed_where_it_broke(hub, repo):
    content = BYTES * 22  # the client resumes in steps of its chunks of 10 MB
    add_model(hub.root, repo, {"huge.bin": content})
    hub.faults.cut(path=r"huge\.bin", after=10_500_000)
    hub.log.clear()
    with open(hf_hub_download(repo, "huge.bin"), "rb") as file:
        assert file.read() == content
    gets = [(status, sent) for method, _, status, sent in hub.log if method == "GET"]
    assert gets[0] == (200, 10_500_000) and gets[1][0] == 206 and gets[1][1] < len(content) - 10_000_000


def test_a_connection_that_always_breaks_is_an_error(hub, repo):
    hub.faults.cut(path=rf"/api/models/{repo}$", after=10, times=None)
    with pytest.raises(httpx.HTTPError):
        HfApi().model_info(repo)


def test_an_error_code_can_be_rehearsed(hub, repo):
    hub.faults.add(path="/resolve/", method="HEAD", status=403, headers={"X-Error-Code": "GatedRepo"})
    with pytest.raises(HfHubHTTPError) as failure:
        hf_hub_download(repo, "README.md")
    assert type(failure.value).__name__ == "GatedRepoError"

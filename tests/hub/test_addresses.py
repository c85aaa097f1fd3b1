import pytest

from hubscore.errors import UsageError
from hubscore.hub.addresses import HubAddress, read_address, repo_named

HUB = "https://huggingface.co"
OWN = "http://localhost:8090/hf"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (f"{HUB}/org/net", HubAddress("model", "org/net")),
        (f"{HUB}/models/org/net/", HubAddress("model", "org/net")),
        (f"{HUB}/org/net/tree/main", HubAddress("model", "org/net", "main")),
        (f"{HUB}/org/net/blob/v1/config.json?a#b", HubAddress("model", "org/net", "v1", "config.json", True)),
        (f"{HUB}/org/net/tree/refs/pr/3/onnx", HubAddress("model", "org/net", "refs/pr/3", "onnx")),
        (f"{HUB}/org/net/discussions/4", HubAddress("model", "org/net")),
        (f"{HUB}/org/net@v1", HubAddress("model", "org/net", "v1")),
        (f"{HUB}/datasets/user/birds@refs/pr/3", HubAddress("dataset", "user/birds", "refs/pr/3")),
        (f"{HUB}/datasets/user/birds/tree/main/data", HubAddress("dataset", "user/birds", "main", "data")),
        (f"{HUB}/datasets/mnist/viewer/a/b", HubAddress("dataset", "mnist", viewed=("a", "b"))),
        (f"{HUB}/spaces/org/tree", HubAddress("space", "org/tree")),
        ("hf.co/org/net", HubAddress("model", "org/net")),
        ("localhost:8090/hf/org/net", HubAddress("model", "org/net")),
        (f"{OWN}/datasets/user/birds", HubAddress("dataset", "user/birds")),
        (f"{HUB}/org", HubAddress(None)),
        (f"{HUB}/docs/hub", HubAddress(None)),
        (f"{HUB}/datasets", HubAddress(None)),
        ("org/net", None),
        ("./huggingface.co", None),
        ("https://example.com/org/net", None),
        ("s3://bucket/key", None),
        ("", None),
    ],
)
def test_what_an_address_says(text, address):
    assert read_address(text, OWN) == address


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("user/birds", "dataset", "user/birds"),
        ("./photos", "dataset", "./photos"),
        (f"{HUB}/datasets/user/birds/tree/main/data", "dataset", "user/birds"),
        ("hf://datasets/user/birds@v1", "dataset", "user/birds"),
        (f"{OWN}/org/net", "model", "org/net"),
        ("hf://org/net", "model", "org/net"),
        (f"{HUB}/spaces/me/board", "space", "me/board"),
    ],
)
def test_the_repo_that_is_named(text, kind, name):
    assert repo_named(text, kind, OWN) == name


@pytest.mark.parametrize(
    ("text", "kind", "why"),
    [
        (f"{HUB}/org/net", "dataset", "the page of a model"),
        (f"{HUB}/datasets/user/birds", "model", "the page of a data set"),
        (f"{HUB}/blog/birds", "model", "the page of no repo"),
    ],
)
def test_the_page_of_something_else_is_refused(text, kind, why):
    with pytest.raises(UsageError) as error:
        repo_named(text, kind, HUB)
    assert why in error.value.why

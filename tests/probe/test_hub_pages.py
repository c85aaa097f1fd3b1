import pytest

from hubscore.errors import DatasetError
from hubscore.probe.hub_pages import HubPage, read_page

HUB = "https://huggingface.co"
OWN = "http://localhost:8090/hf"


@pytest.mark.parametrize(
    ("text", "page"),
    [
        (f"{HUB}/datasets/user/birds", HubPage("user/birds")),
        (f"{HUB}/datasets/user/birds/", HubPage("user/birds")),
        (f"{HUB}/datasets/user/birds?library=datasets#top", HubPage("user/birds")),
        ("huggingface.co/datasets/user/birds", HubPage("user/birds")),
        ("https://hf.co/datasets/user/birds", HubPage("user/birds")),
        ("HTTPS://www.HuggingFace.co/datasets/user/birds", HubPage("user/birds")),
        (f"{HUB}/datasets/mnist", HubPage("mnist")),
        (f"{HUB}/datasets/mnist/tree/main", HubPage("mnist", "main")),
        (f"{HUB}/datasets/user/birds/tree/v2", HubPage("user/birds", "v2")),
        (f"{HUB}/datasets/user/birds/tree/main/data", HubPage("user/birds", "main", path="data")),
        (f"{HUB}/datasets/user/birds/blob/main/a%20b.csv", HubPage("user/birds", "main", path="a b.csv")),
        (f"{HUB}/datasets/user/birds/tree/refs%2Fconvert%2Fparquet", HubPage("user/birds", "refs/convert/parquet")),
        (f"{HUB}/datasets/user/birds/tree/refs/pr/3", HubPage("user/birds", "refs/pr/3")),
        (f"{HUB}/datasets/user/birds/discussions/4", HubPage("user/birds")),
        (f"{HUB}/datasets/user/birds/viewer", HubPage("user/birds")),
        (f"{HUB}/datasets/user/birds/viewer/small/test?row=1", HubPage("user/birds", None, "small", "test")),
        (f"{HUB}/datasets/user/birds/embed/viewer/small/test", HubPage("user/birds", None, "small", "test")),
        (f"{OWN}/datasets/user/birds/tree/main", HubPage("user/birds", "main")),
        ("localhost:8090/hf/datasets/user/birds", HubPage("user/birds")),
        ("user/birds", None),
        ("https://example.com/datasets/user/birds", None),
        ("s3://bucket/datasets", None),
        ("./huggingface.co", None),
    ],
)
def test_what_an_address_says(text, page):
    assert read_page(text, OWN) == page


@pytest.mark.parametrize(
    ("text", "why", "fix"),
    [
        (f"{HUB}/org/net", "the page of a model", "hubscore rank DATASET --models org/net"),
        (f"{HUB}/org/net/tree/main", "the page of a model", "--models org/net"),
        (f"{HUB}/spaces/org/app", "the page of a Space", "user/name"),
        (f"{HUB}/datasets", "not the page of a data set", "user/name"),
    ],
)
def test_other_pages_are_refused(text, why, fix):
    with pytest.raises(DatasetError) as error:
        read_page(text, HUB)
    assert why in error.value.why and fix in error.value.fix

import pytest

from hubscore.cli.environment import check_endpoint
from hubscore.errors import UsageError


@pytest.mark.parametrize(
    "address", [None, "", "https://huggingface.co", "http://127.0.0.1:8090/", "http://me:secret@[::1]:80"]
)
def test_addresses_of_hubs(address):
    check_endpoint(address)


@pytest.mark.parametrize(
    "address", ["garbage", "http:/bad", "http://[::bad", "ftp://hub", "http://hub:port", "\x1b[2J"]
)
def test_what_no_library_could_use_is_said_at_once(address):
    with pytest.raises(
        UsageError, match=r"HF_ENDPOINT is '.*that is not an http address\nTry: unset HF_ENDPOINT"
    ) as caught:
        check_endpoint(address)
    assert "\x1b" not in str(caught.value)

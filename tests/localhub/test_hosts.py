import socket

import pytest

from hubscore.localhub.hosts import KnownHosts
from hubscore.localhub.refusals import Refusal


@pytest.mark.parametrize(
    "header",
    [
        *(
            "localhost",
            "LOCALHOST:80",
            "localhost.",
            "127.0.0.1",
            "127.0.0.1:8090",
            "[::1]:8090",
            "[::1]",
            "10.1.2.3:1",
        ),
        *("10.1.2.3:1", "hub.example:443", "Hub.Example.", "demo.localhost:8090", f"{socket.gethostname()}:8090"),
    ],
)
def test_addresses_and_own_names_are_known(header):
    KnownHosts(["hub.example"]).check(header)


@pytest.mark.parametrize(
    "header",
    [
        "evil.example",
        "127.0.0.1.evil.example:8090",
        "localhost.evil.example",
        "",
        ":8090",
        "evil@localhost:x:y",
    ],
)
def test_other_names_are_refused(header):
    with pytest.raises(Refusal) as refused:
        KnownHosts(["hub.example"]).check(header)
    assert refused.value.status == 421


def test_a_request_without_the_header_is_refused():
    with pytest.raises(Refusal) as refused:
        KnownHosts().check(None)
    assert refused.value.status == 400

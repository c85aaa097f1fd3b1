import pytest
from huggingface_hub.utils import httpx

from hubscore.hub.client_errors import causes, line_fault, requested_wait, status_of


def answered(status, **headers):
    """An error as the client raises it, with the answer of a server."""
    request = httpx.Request("GET", "http://127.0.0.1/api")
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return httpx.HTTPStatusError("no", request=request, response=httpx.Response(status, headers=named, request=request))


def test_causes_are_followed_outermost_first_and_a_circle_ends():
    outer, inner = OSError("outer"), OSError("inner")
    outer.__cause__, inner.__context__ = inner, outer
    assert list(causes(outer)) == [outer, inner]


def test_the_status_of_an_answer():
    assert status_of(answered(418)) == 418
    assert status_of(OSError("no answer")) is None


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (TimeoutError(), "slow"),
        (httpx.ConnectTimeout("slow"), "slow"),
        (httpx.ConnectError("down"), "down"),
        (ConnectionRefusedError(), "down"),
        (httpx.RemoteProtocolError("cut"), "cut"),
        (ConnectionResetError(), "cut"),
        (OSError("Consistency check failed: file should be of size 10 but has size 5"), "cut"),
        (OSError("no such file"), None),
    ],
)
def test_faults_of_the_line(error, fault):
    assert line_fault(error) == fault


def test_the_wait_that_is_asked_for():
    assert requested_wait(answered(503, Retry_After="7")) == 7.0
    assert requested_wait(answered(429, RateLimit='"api";r=0;t=55')) == 55.0
    assert requested_wait(answered(503, RateLimit='"api";r=0;t=55')) is None
    assert requested_wait(answered(503, Retry_After="Wed, 21 Oct 2026 07:28:00 GMT")) is None

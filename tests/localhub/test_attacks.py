"""What the real clients would never send: addresses that climb, bodies that are too large, requests that make no
sense.
"""

import socket

import pytest
from hubfixture import add_model
from huggingface_hub.utils import httpx

from hubscore.errors import UsageError
from hubscore.localhub import serve


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    top = tmp_path_factory.mktemp("attacked")
    (top / "secret.txt").write_text("secret")
    add_model(top / "root", "a/b", {"README.md": "# Fine\n"})
    with serve(top / "root") as hub:
        yield hub


def raw(hub, request: str) -> bytes:
    with socket.create_connection(("127.0.0.1", hub.port), timeout=10) as connection:
        connection.sendall(request.encode())
        received = b""
        while chunk := connection.recv(65_536):
            received += chunk
        return received


@pytest.mark.parametrize(
    "path",
    [
        "/a/b/resolve/main/../../../../secret.txt",
        "/a/b/resolve/main/%2e%2e/%2e%2e/%2e%2e/%2e%2e/secret.txt",
        "/a/b/resolve/main/..%2f..%2f..%2f..%2fsecret.txt",
        "/a/b/resolve/main/..%5c..%5csecret.txt",
        "/a/b/resolve/main//etc/passwd",
        "/a/b/resolve/main/README.md%00.txt",
        "/a/b/resolve/..%2f..%2f..%2fsecret.txt/x",
        "/../b/resolve/main/secret.txt",
        "/a/../resolve/main/secret.txt",
        "/api/models/..%2f..%2fsecret/b",
        "/api/models/a/b/tree/main/..%2f..",
        "/api/models/a/b/tree/%ff",
        "/api/models/a/b/revision/" + "0" * 5000,
        "/_localhub-lfs/model/a/b/" + "0" * 64,
    ],
)
def test_addresses_that_climb_find_nothing(target, path):
    answer = raw(target, f"GET {path} HTTP/1.1\r\nHost: [::1]\r\nConnection: close\r\n\r\n")
    assert answer.split(b" ", 2)[1] in (b"400", b"401", b"404") and b"secret\n" not in answer and b"root:" not in answer


@pytest.mark.parametrize("place", ["models/state", ".", ".."])
def test_the_state_cannot_lie_in_the_served_folder_nor_around_it(tmp_path, place):
    (tmp_path / "root").mkdir()
    with pytest.raises(UsageError, match="must not contain each other"):
        serve(tmp_path / "root", state=tmp_path / "root" / place)
    assert list((tmp_path / "root").iterdir()) == []


@pytest.mark.parametrize(
    ("path", "size"), [("/api/validate-yaml", 10_000_001), ("/api/models/a/b/commit/main", 500_000_001)]
)
def test_bodies_that_are_too_large_are_refused_before_they_are_read(target, path, size):
    answer = raw(target, f"POST {path} HTTP/1.1\r\nHost: [::1]\r\nConnection: close\r\nContent-Length: {size}\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413")


def test_a_body_without_a_length_is_cut_off(target):
    def endless():
        for _ in range(200):
            yield b"x" * 100_000

    with pytest.raises((httpx.HTTPStatusError, httpx.HTTPError)):
        httpx.post(f"{target.url}/api/validate-yaml", content=endless()).raise_for_status()


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/api/validate-yaml", b"[1]", 400),
        ("POST", "/api/validate-yaml", b"{", 400),
        ("POST", "/api/models/a/b/commit/main", b"", 400),
        (
            "POST",
            "/api/models/a/b/commit/main",
            b'{"key":"header","value":{"summary":"x"}}\n{"key":"file","value":{"path":"../x","content":""}}',
            400,
        ),
        (
            "POST",
            "/api/models/a/b/commit/main",
            b'{"key":"header","value":{"summary":"x"}}\n{"key":"boom","value":{}}',
            400,
        ),
        ("POST", "/a/b.git/info/lfs/objects/batch", b'{"operation":"upload","objects":[{"oid":"../x","size":1}]}', 400),
        ("POST", "/api/repos/create", b'{"name":"../x"}', 400),
        ("POST", "/api/repos/create", b'{"name":5}', 400),
        ("DELETE", "/api/repos/delete", b'{"name":"b","organization":"a"}', 403),
        ("POST", "/api/models/a/b/discussions", b'{"title":7}', 400),
        ("GET", "/api/models/a/b/discussions/99999999999999999999", b"", 404),
        ("GET", "/api/models?cursor=-1&limit=999999999999999", b"", 200),
        ("PATCH", "/api/models/a/b", b"", 404),
        ("GET", "/api/agent-harnesses", b"", 404),
        ("GET", "/", b"", 404),
    ],
)
def test_requests_that_make_no_sense_are_answered_calmly(target, method, path, body, status):
    answer = httpx.request(method, target.url + path, content=body, headers={"Authorization": "Bearer hf_local"})
    assert answer.status_code == status
    assert status == 200 or (answer.json()["error"] and answer.headers["X-Request-Id"])

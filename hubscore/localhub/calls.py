"""One request as a route sees it, and how its address is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote, unquote, urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hubscore.localhub.bounded_reading import Unreadable, read_json
from hubscore.localhub.hub import Hub
from hubscore.localhub.refusals import Refusal
from hubscore.localhub.scan import KINDS, RepoKey, full_id, valid_repo_id
from hubscore.localhub.users import User

ACTIONS = frozenset(
    "auth-check branch commit commits discussions leaderboard lfs-files paths-info preupload refs resolve revision"
    " safetensors-metadata settings super-squash tag tree variables xet-read-token xet-write-token".split()
)


NO_REPO = RepoKey("model", "")


@dataclass(frozen=True)
class Call:
    """One request.

    Args:
        hub: the Hub asked.
        request: the request itself.
        user: who asks, None for strangers.
        key: the repo in the address, if any.
        rest: the decoded parts of the address behind the repo and the action.
        body: what was sent.
    """

    hub: Hub
    request: Request
    user: User | None
    key: RepoKey = NO_REPO
    rest: tuple[str, ...] = ()
    body: bytes = b""

    @property
    def query(self) -> QueryParams:
        """The query of the address."""
        return self.request.query_params

    def flag(self, name: str) -> bool:
        """Whether a yes-or-no parameter of the query says yes."""
        return self.query.get(name, "").lower() in ("1", "true", "yes")

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number of the query, kept within bounds."""
        value = self.query.get(name, "")
        return min(max(int(value), low), high) if value.isascii() and value.isdigit() and len(value) < 12 else default

    @cached_property
    def json(self) -> dict[str, Any]:
        """The body as a JSON object.

        Raises:
            Refusal: 400 when it is not one.
        """
        try:
            data = read_json(self.body or b"{}")
        except Unreadable:
            data = None
        if not isinstance(data, dict):
            raise Refusal(400, "The body must be a JSON object")
        return data

    def text(self, name: str, *, needed: bool = True) -> str:
        """A text value of the JSON body.

        Raises:
            Refusal: 400 when it is missing but needed, or no text.
        """
        value = self.json.get(name)
        if value is None and not needed:
            return ""
        if not isinstance(value, str) or (needed and not value.strip()):
            raise Refusal(400, f"{name} must be a text")
        return value

    @property
    def endpoint(self) -> str:
        """The address of the Hub as the client wrote it."""
        return str(self.request.base_url).rstrip("/")

    def revision(self) -> str:
        """The revision in the address, ``main`` without one."""
        return self.rest[0] if self.rest else "main"

    def path(self) -> str:
        """The path within the repo in the address."""
        return "/".join(self.rest[1:]).strip("/")

    def expanded(self) -> list[str]:
        """The properties asked for one by one."""
        asked = [*self.query.getlist("expand"), *self.query.getlist("expand[]")]
        return [name for text in asked for name in text.split(",") if name]

    def page(self, items: list[Any], start: int, size: int, total: int) -> Response:
        """One page of a list, with the Link header while there is more."""
        headers = {}
        if start + size < total:
            query = [pair for pair in self.query.multi_items() if pair[0] != "cursor"] + [("cursor", str(start + size))]
            address = f"{self.endpoint}{quote(self.request.url.path, safe='/%')}?{urlencode(query)}"
            headers["Link"] = f'<{address}>; rel="next"'
        return JSONResponse(items, headers=headers)


Route = Callable[[Call], Response]


def segments(raw_path: bytes) -> tuple[str, ...]:
    """The decoded parts of an address; a slash inside a part stays a slash there.

    Raises:
        Refusal: 400 for parts that are not text or try to climb out of the repo.
    """
    try:
        parts = tuple(unquote(part, errors="strict") for part in raw_path.decode("ascii").strip("/").split("/"))
    except UnicodeDecodeError as error:
        raise Refusal(400, "The address is not valid UTF-8") from error
    for part in parts:
        if "\0" in part or "\\" in part or any(piece == ".." for piece in part.split("/")):
            raise Refusal(400, "The address is not allowed")
    return parts


def split_repo(kind: str, parts: tuple[str, ...]) -> tuple[RepoKey, str, tuple[str, ...]]:
    """Tell the repo id (one part or two), the action and the rest of an address.

    Raises:
        Refusal: 400 for an id that no repo can have.
    """
    bare = len(parts) == 1 or (
        parts[1] in ACTIONS and (len(parts) > 2 or parts[1] in ("refs", "auth-check", "discussions", "settings"))
    )
    length = 1 if bare else 2
    repo_id = "/".join(parts[:length])
    if kind not in KINDS or not valid_repo_id(repo_id):
        raise Refusal(400, f"{repo_id!r} is not a repo id")
    action, rest = (parts[length], parts[length + 1 :]) if len(parts) > length else ("", ())
    return RepoKey(kind, full_id(repo_id)), action, join_ref(rest)


def join_ref(rest: tuple[str, ...]) -> tuple[str, ...]:
    """Put a revision that came as ``refs/pr/3`` in three parts back together."""
    if len(rest) >= 3 and rest[0] == "refs" and rest[1] in ("pr", "heads", "tags", "convert"):
        return ("/".join(rest[:3]), *rest[3:])
    return rest

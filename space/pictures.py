"""The small pictures of data sets, as this page serves them: from the results, and nothing else of them."""

from __future__ import annotations

from about import picture_path
from data import FAULTS
from huggingface_hub.errors import EntryNotFoundError
from page import Pages
from patience import Patience
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

LARGEST = 100_000
"""Bytes of a picture that is shown."""
_JPEG = b"\xff\xd8\xff"
_KEPT = 600
"""Pictures that are kept in memory."""


class Pictures:
    """Gives pictures out.

    Args:
        pages: know the results.
    """

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self._kept: dict[tuple[str, str], bytes] = {}

    def get(self, run: str, number: str) -> bytes:
        """Return a picture, nothing where there is none, where it is no JPEG, or where the Hub is too slow."""
        results, path = self.pages.results, picture_path(run, number)
        patience = Patience()
        snapshot = results.snapshot(patience)
        if path is None or path not in snapshot.names or results.source is None:
            return b""
        key, source = (snapshot.revision, path), results.source

        def read() -> bytes:
            try:
                return source.read(path, snapshot.revision)
            except (*FAULTS, EntryNotFoundError):
                return b""

        if key not in self._kept:
            if results.problem:  # a Hub that is down is not asked
                return b""
            content = patience.ask(read, b"")
            if not content.startswith(_JPEG) or len(content) > LARGEST:
                return b""
            self._kept = {**dict(list(self._kept.items())[-_KEPT:]), key: content}
        return self._kept[key]

    def answer(self, request: Request) -> Response:
        """Answer ``GET /thumbnail/RUN/N.jpg``."""
        content = self.get(request.path_params["run"], request.path_params["number"])
        if not content:
            return Response(status_code=404)
        headers = {"Cache-Control": "max-age=3600", "X-Content-Type-Options": "nosniff"}
        return Response(content, media_type="image/jpeg", headers=headers)


def picture_route(pages: Pages) -> Route:
    """Return the route that the pictures of a page come from."""
    return Route("/thumbnail/{run}/{number}.jpg", Pictures(pages).answer)

"""How the local Hub says no: a status, the header that names the error, and a message."""

from __future__ import annotations

from starlette.responses import JSONResponse

HEADER_CHARS = 200  # a longer X-Error-Message breaks the connection in some clients


class Refusal(Exception):  # noqa: N818 - an answer of the Hub, not a fault of the program
    """An answer with an error status.

    Args:
        status: the HTTP status.
        message: one plain sentence for the person.
        code: the value of ``X-Error-Code``, empty for none.
        commit: the sha for ``X-Repo-Commit``, which clients cache absences by.
        body: replaces the usual ``{"error": message}``.
    """

    def __init__(
        self, status: int, message: str, *, code: str = "", commit: str = "", body: dict[str, object] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.code, self.commit, self.body = status, message, code, commit, body

    def response(self) -> JSONResponse:
        """The answer as the Hub's clients expect it."""
        short = self.message.encode("ascii", "replace").decode().replace("\r", " ").replace("\n", " ")
        headers = {"X-Error-Message": short[:HEADER_CHARS]}
        if self.code:
            headers["X-Error-Code"] = self.code
        if self.commit:
            headers["X-Repo-Commit"] = self.commit
        return JSONResponse(self.body or {"error": self.message}, self.status, headers)


def repo_not_found(kind: str, repo_id: str, *, known_user: bool) -> Refusal:
    """The repo is missing or hidden: 401 to strangers, 404 to people with a token, as the Hub does."""
    if known_user:
        return Refusal(404, f"No {kind} repo named {repo_id} here", code="RepoNotFound")
    return Refusal(401, f"No {kind} repo named {repo_id} here, or it is private", code="RepoNotFound")


def revision_not_found(revision: str) -> Refusal:
    """The branch, tag, pull request or commit is unknown."""
    return Refusal(404, f"Invalid rev id: {revision}", code="RevisionNotFound")


def entry_not_found(path: str, commit: str) -> Refusal:
    """The revision has no such file or folder."""
    return Refusal(404, f"{path} does not exist at revision {commit}", code="EntryNotFound", commit=commit)

"""Which repos a ranking may change, and by which way: a commit where the user may write, a pull request elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from hubscore.errors import HubError
from hubscore.hub.errors import Kind, explain_error
from hubscore.hub.retry import retry
from hubscore.text import clean
from hubscore.types import Ranking, Row

if TYPE_CHECKING:
    from huggingface_hub import HfApi

Way = Literal["commit", "pull request", "none"]
_AT_ONCE = 8
"""Repos that the Hub is asked about at the same time."""


@dataclass(frozen=True)
class Account:
    """Whose token is used.

    Attributes:
        name: of the user.
        namespaces: the user's own and the organisations'.
        reads_only: the token cannot write anywhere.
    """

    name: str
    namespaces: frozenset[str]
    reads_only: bool = False


@dataclass(frozen=True)
class Target:
    """One model of the ranking, and how its card can be reached.

    Attributes:
        row: the model.
        place: in the order, from 1.
        way: commit, pull request, or none.
        reason: why none.
    """

    row: Row
    place: int
    way: Way
    reason: str = ""

    @property
    def repo(self) -> str:
        """The repo on the Hub."""
        return self.row.model.partition("@")[0]


def who(api: HfApi) -> Account | None:
    """Return whose token is used, none where nobody is logged in.

    Raises:
        HubError: the Hub refused the token, failed or cannot be reached.
    """
    from huggingface_hub.errors import LocalTokenNotFoundError
    from huggingface_hub.utils import httpx

    if api.token is False:
        return None
    try:
        told = retry(lambda: api.whoami(cache=True))
    except LocalTokenNotFoundError:
        return None
    except (OSError, ValueError, httpx.HTTPError) as error:
        known = explain_error(error, "whoami")
        raise HubError(
            "The Hub does not say who you are", known.why, known.fix or "hf auth login", code=known.code
        ) from error
    return _account(told)


def _account(told: Mapping[str, Any]) -> Account:
    token = (told.get("auth") or {}).get("accessToken") or {}
    names = {str(told["name"]), *(str(org["name"]) for org in told.get("orgs") or ())}
    return Account(str(told["name"]), frozenset(names), token.get("role") == "read")


def sending_account(account: Account | None) -> Account:
    """Return an account that may send.

    Raises:
        HubError: nobody is logged in, or the token may only read.
    """
    if account is None:
        raise HubError("Nobody is logged in", "cards are changed in your name", "hf auth login")
    if account.reads_only:
        raise HubError(
            f"The token of '{clean(account.name)}' may only read",
            "nothing can be sent with it",
            "hf auth login, with a token that may write",
        )
    return account


def find_targets(
    ranking: Ranking, api: HfApi, account: Account | None, top: int, *, every: bool = False
) -> tuple[list[Target], list[str]]:
    """Return the repos of the first ``top`` models, and the user's own ones behind them, which are left out.

    A tie group that the cut would split is left out as a whole, with the reason, where pull requests would be opened:
    nothing but the order of its rows would choose. The first group is not;
    :func:`hubscore.publish.cards.preconditions.refusals` refuses when it is larger than ``top``.

    Args:
        ranking: whose models.
        api: the Hub client.
        account: whose token is used.
        top: how many of the best models.
        every: the user's own repos of whatever place.

    Raises:
        HubError: the Hub failed or cannot be reached.
    """
    found: dict[str, Target] = {}
    behind: list[str] = []
    best: dict[str, tuple[int, Row]] = {}  # a repo of which several revisions were ranked is told about its best
    for place, row in enumerate(ranking.rows, start=1):
        best.setdefault(row.model.partition("@")[0], (place, row))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        owned = list(pool.map(lambda placed: _own(placed[1], api, account), best.values()))
    for (repo, (place, row)), own in zip(best.items(), owned, strict=True):
        if own and place > top and not every:
            behind.append(repo)
        elif own or place <= top:
            found[repo] = _target(ranking, row, place, top, own=own)
    return list(found.values()), behind


def _own(row: Row, api: HfApi, account: Account | None) -> bool:
    """Whether the user may write to a model's repo."""
    namespace, slash, _ = row.model.partition("/")
    known = bool(slash) and account is not None and namespace in account.namespaces
    return known and not _local(row) and may_write(api, row.model.partition("@")[0])


def _local(row: Row) -> bool:
    return row.revision.startswith("local-")


def _target(ranking: Ranking, row: Row, place: int, top: int, *, own: bool) -> Target:
    if _local(row):
        return Target(row, place, "none", "it is a local folder, not a repo on the Hub")
    if own:
        return Target(row, place, "commit")
    if last := _split(ranking, row, top):
        why = f"it cannot be told apart from models behind the first {top}; --top {last} takes all of its tie group"
        return Target(row, place, "none", why)
    return Target(row, place, "pull request")


def _split(ranking: Ranking, row: Row, top: int) -> int:
    """Return the place of the last model of a row's tie group where the cut behind ``top`` goes through the group,
    else 0.
    """
    if row.tie_group is None or row.tie_group == ranking.rows[0].tie_group:
        return 0
    last = max(place for place, other in enumerate(ranking.rows, start=1) if other.tie_group == row.tie_group)
    return last if last > top else 0


def may_write(api: HfApi, repo: str, *, kind: Kind = "model") -> bool:
    """Ask the Hub whether this token may write to a repo; a member of an organisation, or a fine-grained token, may
    not.
    """
    from huggingface_hub.errors import HfHubHTTPError
    from huggingface_hub.utils import httpx

    try:
        retry(lambda: api.auth_check(repo, repo_type=kind, write=True))
    except HfHubHTTPError as error:
        if error.response.status_code in (401, 403, 404):
            return False
        raise explain_error(error, repo, kind=kind) from error
    except (OSError, httpx.HTTPError) as error:
        raise explain_error(error, repo, kind=kind) from error
    return True

"""What the Hub says of repos, as the JSON it sends: the client's records cannot hold every answer, and one that fails
ends a whole listing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from hubscore import __version__

if TYPE_CHECKING:
    from huggingface_hub import HfApi

Kind = Literal["model", "dataset", "space"]
KINDS: tuple[Kind, ...] = ("model", "dataset", "space")
_SORTS = {"last_modified": "lastModified", "trending_score": "trendingScore", "created_at": "createdAt"}


def list_repos(
    api: HfApi,
    kind: Kind = "model",
    *,
    filters: Sequence[str] = (),
    sort: str | None = None,
    limit: int | None = None,
    **asked: object,
) -> Iterator[dict[str, Any]]:
    """Yield the JSON of repos, fetching pages as they are needed; what is not about a repo is passed over.

    Args:
        api: the Hub client.
        kind: of repos.
        filters: tags, all of these.
        sort: most of this first.
        limit: how many at most.
        **asked: further parameters of the Hub's API: ``search``, ``author``, ``pipeline_tag``, ``expand``.
    """
    from huggingface_hub.utils import paginate

    given = {"filter": list(filters) or None, "sort": _SORTS.get(str(sort), sort), "limit": limit, **asked}
    parameters = {name: value for name, value in given.items() if value is not None and value != ""}
    listed = paginate(f"{api.endpoint}/api/{kind}s", params=parameters, headers=_headers(api))
    repos = (one for one in listed if isinstance(one, dict) and isinstance(one.get("id"), str))
    yield from islice(repos, limit)


def model_json(api: HfApi, repo_id: str, revision: str | None = None) -> dict[str, Any]:
    """Return the JSON of one model at a revision, with the sizes of its files.

    Raises:
        OSError: as the client raises it, for example ``RepositoryNotFoundError``.
        ValueError: the id is none, or the answer is not JSON.
    """
    from huggingface_hub.utils import validate_repo_id

    validate_repo_id(repo_id)
    place = f"models/{repo_id}"
    if revision is not None:
        place += f"/revision/{quote(revision, safe='')}"
    answer = _get(api, place, blobs=True)
    return answer if isinstance(answer, dict) else {}


def exists(api: HfApi, repo_id: str, kind: Kind) -> bool:
    """Return whether there is such a repo, as far as the Hub says."""
    from huggingface_hub.errors import RepositoryNotFoundError
    from huggingface_hub.utils import httpx

    try:
        return bool(_get(api, f"{kind}s/{repo_id}"))
    except RepositoryNotFoundError:
        return False
    except httpx.HTTPStatusError:
        return False


def _get(api: HfApi, place: str, **asked: bool) -> Any:
    from huggingface_hub.utils import get_session, hf_raise_for_status

    response = get_session().get(f"{api.endpoint}/api/{place}", headers=_headers(api), params=asked or None)
    hf_raise_for_status(response)
    return response.json()


def _headers(api: HfApi) -> dict[str, str]:
    from huggingface_hub.utils import build_hf_headers

    return build_hf_headers(token=api.token, library_name="hubscore", library_version=__version__)

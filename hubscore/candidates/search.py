"""Candidates found on the Hub: a paginated listing of each task, every repo judged by what the listing says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from heapq import merge
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from hubscore.candidates.advice import advice
from hubscore.candidates.candidate_set import CandidateSet
from hubscore.candidates.filters import CandidateFilter
from hubscore.candidates.from_repo_info import candidate_from_repo_info
from hubscore.candidates.query import Query
from hubscore.candidates.repo_info import RepoInfo, repo_info
from hubscore.candidates.weights import estimated_bytes
from hubscore.errors import CandidateError, HubError, HubscoreError
from hubscore.hub.addresses import repo_named
from hubscore.hub.errors import explain_error
from hubscore.hub.listing import list_repos
from hubscore.modalities.base import Modality
from hubscore.modalities.registry import DEFAULT, MODALITIES
from hubscore.types import Candidate

if TYPE_CHECKING:
    from huggingface_hub import HfApi
    from huggingface_hub.hf_api import ExpandModelProperty_T

__all__ = ["CandidateSet", "search_candidates"]

UNREADABLE = "cannot be judged by what the Hub says of it"

_COUNTED = ("downloads", "likes")
"""By which listings of several tasks are merged; by anything else, each task has its turn."""
EXPAND: tuple[ExpandModelProperty_T, ...] = (
    "sha",
    "library_name",
    "pipeline_tag",
    "tags",
    "config",
    "siblings",
    "safetensors",
    "gated",
    "private",
    "disabled",
    "downloads",
    "likes",
    "cardData",
)


def search_candidates(query: Query, *, api: HfApi, modality: str = DEFAULT) -> CandidateSet:
    """Search the Hub for candidates in a paginated listing of each task, most wanted first.

    Args:
        query: what to look for.
        api: the Hub client.
        modality: whose networks to look for; a bare query is about its own tasks, see :func:`tasks_of`.

    Returns:
        At most ``query.limit`` candidates, pinned; their ``bytes`` are open, with an estimate beside (see
        :func:`hubscore.candidates.sizes.measure_sizes`). What was passed over is counted by reason.

    Raises:
        CandidateError: nothing fits, with the reasons counted.
        HubError: the Hub refused, failed or cannot be reached.

    Example:
        >>> query = Query(search="resnet", max_params=30_000_000)
        >>> search_candidates(query, api=hub_api()).left_out  # doctest: +SKIP
        {'adapter': 2, 'more than 30 M parameters': 7}
    """
    wanted = MODALITIES.get(modality)
    chosen = _SearchResult(query, wanted, CandidateFilter(query, api, wanted))
    for info in _listing(query, tasks_of(query, wanted), api):
        if not chosen.take(info):
            break
    if not chosen.candidates:
        raise _nothing(query, chosen, api, wanted)
    return chosen.candidate_set()


@dataclass
class _SearchResult:
    """What the listing has come to so far."""

    query: Query
    modality: Modality
    admission: CandidateFilter
    candidates: dict[str, Candidate] = field(default_factory=dict)
    estimates: dict[str, int] = field(default_factory=dict)
    input_sizes: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, list[str]] = field(default_factory=dict)
    families: set[str] = field(default_factory=set)
    larger: list[int] = field(default_factory=list)
    smaller: list[int] = field(default_factory=list)
    examined: int = 0
    more: bool = False
    scanned_out: bool = False

    def take(self, info: RepoInfo) -> bool:
        """Judge one repo; False when no further one is wanted."""
        if len(self.candidates) == self.query.limit or self.examined == self.query.scan:
            self.more, self.scanned_out = True, len(self.candidates) < self.query.limit
            return False
        self.examined += 1
        try:
            reason = self.admission.reason_against(info) or self._keep(info)
        except HubscoreError:
            raise
        except Exception:  # whatever its owner or a plug-in's rules made of it, one repo never stops a listing
            reason = UNREADABLE
        if reason is not None:
            self._note_size(info)
            self.left_out.setdefault(reason, []).append(info.name)
        return True

    def _note_size(self, info: RepoInfo) -> None:
        """Keep in mind what would have fit but for its size, to advise on."""
        unbounded = replace(self.admission, query=replace(self.query, max_params=None, min_params=None))
        if info.parameters is None or self.candidates or unbounded.reason_against(info) is not None:
            return
        too_large = self.query.max_params is not None and info.parameters > self.query.max_params
        (self.larger if too_large else self.smaller).append(info.parameters)

    def _keep(self, info: RepoInfo) -> str | None:
        candidate = candidate_from_repo_info(info, modality=self.modality)
        if self.query.one_per_family and candidate.family is not None:
            if candidate.family in self.families:
                return "same architecture family as a chosen one"
            self.families.add(candidate.family)
        if candidate.repo_id in self.candidates:
            return None  # the listing moved between two pages
        size = self.modality.input_size_of(info.config, info.name)
        self.candidates[candidate.repo_id] = candidate
        estimate = estimated_bytes(info.dtypes)
        if candidate.bytes is None and estimate is not None:
            self.estimates[candidate.repo_id] = estimate
        if size is not None:
            self.input_sizes[candidate.repo_id] = size
        return None

    def candidate_set(self) -> CandidateSet:
        """Return what was chosen."""
        return CandidateSet(
            candidates=tuple(self.candidates.values()),
            left_out_names={reason: tuple(names) for reason, names in self.left_out.items()},
            estimated_bytes=self.estimates,
            input_sizes=self.input_sizes,
            examined=self.examined,
            more=self.more,
            scanned_out=self.scanned_out,
        )


def tasks_of(query: Query, modality: Modality) -> tuple[str, ...]:
    """Return the pipeline tags whose listings a query needs, one each: several for a bare one about a modality whose
    networks go by several.

    Example:
        >>> tasks_of(Query(), MODALITIES.get("text"))
        ('text-classification', 'fill-mask', 'feature-extraction', 'sentence-similarity')
        >>> tasks_of(Query(search=""), MODALITIES.get("text"))
        ('text-classification',)
    """
    several = modality.bare_tasks if query.bare and query.task is None else ()
    return several or modality.tasks[:1]


def _listing(query: Query, tasks: Sequence[str], api: HfApi) -> Iterator[RepoInfo]:
    """Yield the Hub's repos for a query, most wanted first over all tasks, fetching pages as they are needed."""
    listings = [_of_task(query, task, api) for task in tasks]
    if len(listings) == 1 or query.sort not in _COUNTED:
        for infos in zip_longest(*listings):
            yield from (info for info in infos if info is not None)
    else:
        yield from merge(*listings, key=lambda info: -(getattr(info, query.sort) or 0))


def _of_task(query: Query, task: str, api: HfApi) -> Iterator[RepoInfo]:
    from huggingface_hub.utils import httpx

    try:
        for answer in list_repos(api, **hub_filters(query, task), sort=query.sort, expand=list(EXPAND)):
            yield repo_info(answer)
    except (OSError, ValueError, TypeError, httpx.HTTPError) as error:
        known = explain_error(error, "")
        raise HubError("The Hub could not be searched", known.why, known.fix, code=known.code) from error


def hub_filters(query: Query, task: str) -> dict[str, Any]:
    """Return what the Hub itself can filter by; it cannot say "or", so one library or licence goes there and several
    do not.
    """
    tags = [*query.tags]
    tags += query.libraries if len(query.libraries) == 1 else ()
    tags += [f"license:{name.lower()}" for name in query.licenses] if len(query.licenses) == 1 else ()
    tags += [f"base_model:{repo_named(query.base_model, 'model')}"] if query.base_model else ()
    return {
        "search": query.search or None,
        "author": query.author,
        "pipeline_tag": query.task or (task if query.bare else None),
        "filters": tags,
    }


def _nothing(query: Query, chosen: _SearchResult, api: HfApi, modality: Modality) -> CandidateError:
    counted = sorted(chosen.left_out.items(), key=lambda item: -len(item[1]))
    why = ", ".join(f"{len(names)} {reason}" for reason, names in counted[:6]) or "the Hub lists nothing for it"
    looked = f"of {chosen.examined} listed: " if counted else ""
    if chosen.scanned_out:
        looked = f"of the first {chosen.examined} listed (--scan {10 * chosen.examined} looks at more): "
    subject = f"--search {query.search!r}" if query.search else "this search"

    def lists(changed: Query) -> bool:
        return next(_listing(changed, tasks_of(changed, modality), api), None) is not None

    fix = advice(query, api, lists, larger=chosen.larger, smaller=chosen.smaller, listed=chosen.examined > 0)
    return CandidateError(f"No checkpoint fits {subject}", looked + why, fix)

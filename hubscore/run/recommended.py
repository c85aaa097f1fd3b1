"""`rank --recommend N`: candidates from a history, and a share of others that it knows nothing of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from hubscore.candidates.candidate_set import CandidateSet
from hubscore.candidates.filters import CandidateFilter
from hubscore.candidates.from_repo_info import candidate_from_repo_info
from hubscore.candidates.hub_info import repo_info_on_hub
from hubscore.candidates.query import Query
from hubscore.candidates.repo_info import RepoInfo
from hubscore.candidates.search import search_candidates
from hubscore.candidates.sizes import measure_sizes
from hubscore.errors import CandidateError, ErrorCode, HubError, UsageError
from hubscore.hub.client import hub_api
from hubscore.modalities.registry import DEFAULT, MODALITIES
from hubscore.recommend.order_choice import CALLED
from hubscore.recommend.recommend import recommend
from hubscore.recommend.recommendation import Recommendation
from hubscore.recommend.sources import open_history
from hubscore.results.names import HUB_ID, NAMELESS
from hubscore.run.options import CandidateOptions
from hubscore.run.rank_options import RankOptions
from hubscore.run.session import Session
from hubscore.text import amount, clean
from hubscore.types import Candidate, Probe, Skipped

ELSEWHERE = "known from the history, but not on the Hub"
_LOOKED_AT = 5
"""Models of the history that are looked up for each that is wanted, at most; and fifty more."""


@dataclass(frozen=True)
class Recommended:
    """Candidates that a history recommends, and others.

    Attributes:
        found: the candidates, best of the history first.
        text: where they come from, in a sentence; empty where they were not recommended.
    """

    found: CandidateSet
    text: str = ""


def check_recommend(ranking: RankOptions, candidates: CandidateOptions) -> None:
    """Refuse options that do not go together.

    Raises:
        UsageError: models are named and recommended at once, there is no history, or the share is none.
    """
    if not 0 <= ranking.explore <= 1:
        raise UsageError("--explore must lie between 0 and 1", f"it is {ranking.explore:g}", "--explore 0.2")
    if ranking.recommend is None:
        return
    if ranking.history is None:
        what = "--recommend needs a history to recommend from"
        raise UsageError(what, "", f"--recommend {ranking.recommend} --history REPO", options=("recommend",))
    if candidates.models:
        why = "the one names the candidates, the other chooses them"
        raise UsageError(
            "--recommend and --models exclude each other", why, "drop one", options=("recommend", "models")
        )


def find_recommended(session: Session, ranking: RankOptions, probe: Probe) -> Recommended:
    """Return the candidates of a run: with ``recommend`` the best of the history and some unknown ones, otherwise those
    that were named or searched for.

    Of ``recommend`` candidates the share ``explore``, and no fewer than one, goes to the most downloaded that the
    history has no value of: without, a new model would never be tried and a history would repeat itself. The filters
    of a search hold for all. Where one side has too few, the other fills its places.

    Args:
        session: with its modality, once the probe is drawn.
        ranking: how many, from which history.
        probe: of the data set; what the history holds of it, or of the same rows, never enters.

    Raises:
        CandidateError: nothing fits.
        HubError: the Hub cannot be read.
        UsageError: the history cannot be used.
    """
    if ranking.recommend is None or ranking.history is None:
        return Recommended(session.find_candidates())
    api = hub_api(session.run.token)
    history, _ = open_history(ranking.history, api=api)
    prints = [probe.fingerprint] if probe.fingerprint else []
    classes = len(probe.classes) or None
    made = recommend(
        probe.dataset or "",
        history,
        classes=classes,
        limit=None,
        modality=session.modality or DEFAULT,
        fingerprints=prints,
    )
    query = session.candidates.to_query() or Query()
    wanted, share = ranking.recommend, ranking.explore
    explored = min(wanted - 1, max(1, round(wanted * share))) if share else 0
    known = [row.model for row in made if row.known]
    choice = _Choice(session, query, known)
    choice.take_known(wanted - explored)
    choice.explore(wanted)
    choice.take_known(wanted)
    if not choice.chosen:
        counted = ", ".join(f"{len(names)} {reason}" for reason, names in choice.left_out.items())
        what = "No model of the history fits, and none was found to explore"
        raise CandidateError(what, counted or "it names none that is on the Hub", "leave out --recommend")
    left_out = {reason: tuple(names) for reason, names in choice.left_out.items()}
    found = CandidateSet(tuple(choice.chosen.values()), left_out_names=left_out, input_sizes=choice.input_sizes)
    found = replace(found, skipped=tuple(choice.skipped))
    text = _text(made, choice)
    session.observer.recommended(text, made.notes)
    return Recommended(measure_sizes(found, api=api), text)


@dataclass
class _Choice:
    """What the history and the search have come to so far."""

    session: Session
    query: Query
    known: Sequence[str]
    chosen: dict[str, Candidate] = field(default_factory=dict)
    explored: list[str] = field(default_factory=list)
    left_out: dict[str, list[str]] = field(default_factory=dict)
    input_sizes: dict[str, int] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    _rest: Iterator[str] | None = None
    _looked: int = 0

    def take_known(self, until: int) -> None:
        """Take models of the history, best first, until there are so many candidates."""
        self._rest = self._rest or iter(self.known)
        most = _LOOKED_AT * until + 50
        while len(self.chosen) < until and self._looked < most and (name := next(self._rest, None)) is not None:
            self._looked += 1
            reason = self._take(name)
            if reason is not None:
                self.left_out.setdefault(reason, []).append(name)

    def _take(self, name: str) -> str | None:
        """Look a model up; return why it is left out, or none."""
        if "/" not in name or "@" in name or not HUB_ID.fullmatch(name) or NAMELESS.fullmatch(name):
            return ELSEWHERE
        api = hub_api(self.session.run.token)
        modality = MODALITIES.get(self.session.modality or DEFAULT)
        try:
            info = repo_info_on_hub(name, None, api)
        except CandidateError:
            return ELSEWHERE
        except HubError as error:
            if error.code == ErrorCode.UNREACHABLE:
                raise
            return "not readable on the Hub"
        reason = CandidateFilter(self.query, api, modality).reason_against(info) or _not_listed(info, self.query)
        if reason is None:
            self.chosen[info.name] = candidate_from_repo_info(info, modality=modality)
            size = modality.input_size_of(info.config, info.name)
            if size is not None:
                self.input_sizes[info.name] = size
        return reason

    def explore(self, until: int) -> None:
        """Take the most downloaded that the history has no value of, until there are so many candidates."""
        if len(self.chosen) >= until:
            return
        query = replace(self.query, limit=until - len(self.chosen), without=frozenset((*self.known, *self.chosen)))
        try:
            found = search_candidates(
                query, api=hub_api(self.session.run.token), modality=self.session.modality or DEFAULT
            )
        except CandidateError:  # the Hub lists no other: the history fills the places
            return
        for reason, names in found.left_out_names.items():
            self.left_out.setdefault(reason, []).extend(name for name in names if name not in self.known)
        self.skipped += found.skipped
        self.explored += [one.repo_id for one in found.candidates]
        self.chosen |= {one.repo_id: one for one in found.candidates}
        self.input_sizes |= found.input_sizes


def _not_listed(info: RepoInfo, query: Query) -> str | None:
    """Return why a search would not list a repo, for what the Hub itself filters by."""
    if query.search and query.search.lower() not in info.name.lower():
        return f"not found by '{query.search}'"
    if query.author and info.name.partition("/")[0].lower() != query.author.lower():
        return "other author"
    if query.task and info.task != query.task:
        return "other task"
    tags = {tag.lower() for tag in info.tags}
    if not {tag.lower() for tag in query.tags} <= tags:
        return "other tags"
    based = query.base_model and f":{query.base_model.lower()}"
    if based and not any(tag.startswith("base_model:") and f":{tag}".endswith(based) for tag in tags):
        return "other base model"
    return None


def _text(made: Recommendation, choice: _Choice) -> str:
    """Say where the candidates come from."""
    best = len(choice.chosen) - len(choice.explored)
    text = f"Candidates: {amount(best, 'model', 'models')} of the history, best by {CALLED[made.by]}"
    if not choice.explored:
        return f"{text}; none explored."
    names = ", ".join(clean(name) for name in choice.explored)
    why = "the most downloaded of those that the history has no value of, so that new ones get a chance"
    return f"{text}; {len(choice.explored)} explored, {why}: {names}."

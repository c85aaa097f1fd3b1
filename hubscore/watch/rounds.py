"""One round of watching: look, rank again if something new fits, remember."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from hubscore.candidates.query import Query
from hubscore.candidates.sizes import weight_hashes
from hubscore.errors import CandidateError, UsageError
from hubscore.hub.addresses import read_address
from hubscore.probe.source import locate_dataset
from hubscore.text import clean
from hubscore.types import Candidate, Json, Ranking
from hubscore.watch.changes import headline, moves
from hubscore.watch.new_checkpoints import NewCheckpoints, find_new_checkpoints, watch_query
from hubscore.watch.payload import Trigger
from hubscore.watch.settings import Settings, unsupported_options
from hubscore.watch.state import AttemptedCheckpoint, State, read_state, utc, write_state

if TYPE_CHECKING:
    from huggingface_hub import HfApi

SLACK = timedelta(hours=1)
"""How far this machine's clock may be ahead of the Hub's; what was seen already costs nothing to see again."""
Ranker = Callable[[Sequence[str] | None, Query | None, str | None], Ranking]
"""Ranks models that are named, or a search, on the data set at a revision."""


@dataclass(frozen=True)
class WatchRound:
    """What a round came to.

    Attributes:
        rows: what changed; see :func:`hubscore.watch.changes.moves`. Empty when nothing was ranked.
        lines: the same in words.
        ranking: the new ranking, none when there was nothing to rank.
        fresh: ids that are new.
    """

    rows: list[Json] = field(default_factory=list)
    lines: tuple[str, ...] = ()
    ranking: Ranking | None = None
    fresh: tuple[str, ...] = ()


@dataclass(frozen=True)
class Watch:
    """A data set whose ranking is kept up to date.

    Args:
        dataset: as it is named on the command line.
        out: the ranking, a ``.json`` file; what is remembered lies beside it.
        query: which checkpoints count.
        rank: ranks; features that are stored are not computed again, so only new checkpoints run.
        api: the Hub client.
        revision: of the data set; by default that of the ranking before, or every feature would be computed again.
        settings: what ``rank`` was asked for besides; a ranking that was made otherwise is refused, since all of it
            would be computed again.
    """

    dataset: str
    out: Path
    query: Query
    rank: Ranker
    api: HfApi
    revision: str | None = None
    settings: Settings | None = None

    def round(self, trigger: Trigger | None = None) -> WatchRound:
        """Look once, at all that changed on the Hub or at the one repo that a webhook is about.

        The first time everything that the search finds is ranked.

        Raises:
            UsageError: the ranking is another data set's, or was made with other options.
            StorageError: the ranking or what is remembered cannot be read or written.
            HubscoreError: the Hub failed, or nothing can be ranked.
        """
        if trigger is not None and trigger.ignored:
            return WatchRound(lines=(f"Nothing to do for {clean(trigger.repo_id)}: {clean(trigger.ignored)}",))
        old = self._previous_ranking()
        if old is None:
            return self._first_round()
        state = read_state(self.out) or self._state_of(old)
        families = frozenset(row.family for row in old.rows if row.family)
        fresh = find_new_checkpoints(
            watch_query(self.query),
            state,
            api=self.api,
            modality=old.probe.modality,
            families=families,
            trigger=trigger,
        )
        after = state.with_tried(fresh.tried, fresh.since)
        pinned = _to_rank(fresh, after, trigger)
        if not pinned:
            write_state(after, self.out)
            return WatchRound(lines=_nothing_new(fresh, state, trigger))
        names = tuple(pinned)
        ranking = self._rank_again(old, pinned)
        failed = {_without_commit(item.model) for item in ranking.skipped}
        found = {
            row.model: row.revision
            for row in ranking.rows
            if row.model in pinned and not after.tried[row.model].revision
        }
        after = after.with_tried(
            {model: AttemptedCheckpoint(sha, self._weights(model, sha)) for model, sha in found.items()}, after.since
        )
        write_state(after.with_failed([*names, *(row.model for row in old.rows)], failed), self.out)
        lines = (*headline(old, ranking, names), *_left_out(fresh))
        return WatchRound(moves(old, ranking, names), lines, ranking, names)

    def _previous_ranking(self) -> Ranking | None:
        if not self.out.exists():
            return None
        old = Ranking.load(str(self.out))
        if old.probe.dataset != locate_dataset(self.dataset, revision=self.revision).name:
            what = f"'{clean(self.out)}' is a ranking for '{clean(old.probe.dataset or '')}'"
            raise UsageError(what, f"and not for '{clean(self.dataset)}'", "another --out")
        if self.settings is not None:
            self._check(self.settings, old)
        return old

    def _check(self, settings: Settings, old: Ranking) -> None:
        what = f"'{clean(self.out)}' was made with other options"
        if unsupported := ", ".join(unsupported_options(old)):
            raise UsageError(
                what, f"a watch has no {unsupported}, so all of it would be computed again", "another --out"
            )
        if options := clean(settings.missing(old)):
            raise UsageError(what, "all of it would be computed again", f"{options}, as it was made, or another --out")

    def _first_round(self) -> WatchRound:
        started = datetime.now(UTC)
        ranking = self.rank(None, self.query, self.revision)
        ranking.save(str(self.out))
        state = self._state_of(ranking)
        # Which commit a skipped one was at is not known; an empty one is like no other, so that the next is looked at.
        skipped = {item.model: AttemptedCheckpoint("") for item in ranking.skipped}
        tried = State(started - SLACK, {**skipped, **state.tried})
        write_state(tried.with_failed(skipped, skipped), self.out)
        return WatchRound(
            moves(None, ranking, [row.model for row in ranking.rows]), tuple(headline(None, ranking, ())), ranking
        )

    def _rank_again(self, old: Ranking, fresh: Mapping[str, str]) -> Ranking:
        """Rank what is in the ranking and what is asked for besides, each at its commit."""
        kept = [_pinned(row.model, row.revision) for row in old.rows if row.model not in fresh]
        address = read_address(self.dataset)
        named = "@" in self.dataset or (address is not None and address.revision is not None)
        pinned = None if named else old.probe.revision
        ranking = self.rank([*kept, *fresh.values()], None, self.revision or pinned)
        ranking.save(str(self.out))
        return ranking

    def _state_of(self, ranking: Ranking) -> State:
        """Return the state that a ranking stands for, with the hashes of its checkpoints' weights."""
        date = ranking.record.date
        since = (
            utc(datetime.fromisoformat(date)) if date else datetime.now(UTC)
        )  # Ranking.load has checked that it is one
        tried = {
            row.model: AttemptedCheckpoint(row.revision, self._weights(row.model, row.revision)) for row in ranking.rows
        }
        return State(since - SLACK, tried)

    def _weights(self, model: str, revision: str) -> tuple[str, ...]:
        if revision.startswith("local-"):
            return ()
        try:
            return weight_hashes(Candidate(model, revision, "timm"), self.api)
        except CandidateError:  # gone since: whoever asks for it next will hear
            return ()


def _pinned(model: str, revision: str) -> str:
    """Name a checkpoint at the commit at which it was ranked; a folder as it is now."""
    return model if not revision or revision.startswith("local-") else f"{model.partition('@')[0]}@{revision}"


def _to_rank(fresh: NewCheckpoints, state: State, trigger: Trigger | None) -> dict[str, str]:
    """Return what is to be ranked besides the ranking's own: what is new, and what an earlier look could not rank."""
    again = state.again if trigger is None else ()
    retried = {name: _pinned(name, state.tried[name].revision) for name in again}
    return retried | {one.repo_id: f"{one.repo_id}@{one.revision}" for one in fresh.candidates}


def _without_commit(model: str) -> str:
    """Return a skipped model's name without the commit that this module put behind it; a folder's name may hold an
    @.
    """
    name, _, revision = model.rpartition("@")
    return name if re.fullmatch(r"[0-9a-f]{40}", revision) else model


def _nothing_new(fresh: NewCheckpoints, state: State, trigger: Trigger | None) -> tuple[str, ...]:
    if trigger is None:
        return (f"Nothing new since {state.since:%Y-%m-%d %H:%M} UTC", *_left_out(fresh))
    reason = next(iter(fresh.left_out), "it is known already, or the search does not list it")
    return (f"Nothing to do for {clean(trigger.repo_id)}: {clean(reason)}",)


def _left_out(fresh: NewCheckpoints) -> list[str]:
    """Say what changed on the Hub and was not ranked."""
    lines = []
    if fresh.left_out:
        counted = sorted(fresh.left_out.items(), key=lambda item: -len(item[1]))
        lines.append("Changed and left out: " + ", ".join(f"{len(names)} {clean(reason)}" for reason, names in counted))
    if fresh.waiting:
        lines.append(f"{fresh.waiting} more changed and wait for the next look; --limit takes more at once")
    if fresh.missed:
        lines.append(
            "More changed on the Hub than one look can take in, so the oldest were not seen; narrow the search, or look"
            " more often"
        )
    return lines

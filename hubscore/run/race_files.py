"""What becomes of downloaded files between the stages of a race, where the run deletes what it has run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hubscore.types import Candidate

if TYPE_CHECKING:
    from hubscore.run.session import Session

_AHEAD = 3
"""The largest files so many times: of a candidate at work and of those that are fetched ahead of it."""


def files_kept(session: Session, candidates: Sequence[Candidate]) -> frozenset[str]:
    """Return the candidates whose files stay for the next stage: as many as the disk budget takes beside those at work,
    the first ones first; none where the run does not evict.

    Args:
        session: whose options.
        candidates: of the stage.
    """
    if not session.run.evict:
        return frozenset()
    sizes = {one.repo_id: one.bytes for one in candidates if one.bytes is not None}
    room = session.run.budget_gb * 1e9 - _AHEAD * max(sizes.values(), default=0)
    kept = set[str]()
    for name, size in sizes.items():
        if size <= room:
            room -= size
            kept.add(name)
    return frozenset(kept)


def let_go(session: Session, before: Sequence[Candidate], left: Sequence[Candidate]) -> None:
    """Delete the files of kept candidates that are no longer in the race.

    Args:
        session: where they are kept.
        before: candidates of the whole race.
        left: those that run on.
    """
    names = {one.repo_id for one in left}
    gone = [one for one in before if one.repo_id in session.kept and one.repo_id not in names]
    session.kept -= {one.repo_id for one in gone}
    for one in gone:
        session.downloader.evict(one)

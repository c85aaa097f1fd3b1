"""What the pull requests by hubscore on a repo leave us to do: one open at a time, a no that holds, a cap by month."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from hubscore.publish.cards.left_alone import LeftAlone
from hubscore.publish.cards.pr_history import MOST_PER_MONTH
from hubscore.publish.cards.pull_requests import PullRequest, why_declined
from hubscore.text import clean

MONTH = timedelta(days=30)


def our_turn(
    pulls: Sequence[PullRequest], *, user: str, marker: str, has_entry: Callable[[], bool], replace: bool
) -> PullRequest | None:
    """Return our open pull request, which is to be updated; none where none waits and one may be opened.

    Args:
        pulls: every one by hubscore on the repo, the oldest first.
        user: who we are.
        marker: of the data set that we come with.
        has_entry: tells whether the card holds an entry of hubscore's.
        replace: turn our open one for other data into one for this data.

    Raises:
        LeftAlone: anybody's was closed, the owner took a merged entry out again, or one is open that is not ours, or
            for other data.
    """
    for pull in pulls:
        if pull.declined:
            raise LeftAlone("declined", why_declined(pull, user), pull)
    merged = [pull for pull in pulls if pull.status == "merged"]
    waiting = [pull for pull in pulls if pull.open]
    if merged and not waiting and not has_entry():
        author = clean(merged[-1].author)
        raise LeftAlone("declined", f"its owner merged @{author}'s entry and took it out again", merged[-1])
    if not waiting:
        return None
    first = waiting[0]
    if first.author != user:
        why = (
            f"a pull request by @{clean(first.author)} waits there (#{first.number}); one at a time, whoever opened it"
        )
        raise LeftAlone("skipped", why, first)
    if first.marker not in (marker, None) and not replace:
        why = f"your pull request #{first.number}, for other data, waits for an answer there; one at a time"
        raise LeftAlone("skipped", f"{why} (--replace-prs turns it into this one)", first)
    return first


def month_is_over(pulls: Sequence[PullRequest], now: datetime | None = None) -> str:
    """Return why no further one may be opened on a repo, and when again, counted from its own discussions; empty where
    one may.

    One that its author withdrew counts too: its owner has been told of it, and two withdrawn ones are two mails.

    Args:
        pulls: every one by hubscore on the repo, whoever opened it and whatever became of it.
        now: the time; the clock's by default.
    """
    now = now or datetime.now(UTC)
    counted = [pull for pull in pulls if pull.created is not None and pull.created > now - MONTH]
    if len(counted) < MOST_PER_MONTH:
        return ""
    opened = sorted(pull.created for pull in counted if pull.created is not None)
    again = opened[-MOST_PER_MONTH] + MONTH + timedelta(days=1)  # at that hour, so the day after is right all day long
    back = sum(pull.superseded for pull in counted)
    taken = f" ({back} of them taken back by whoever opened them)" if back else ""
    told = f"{len(counted)} hubscore pull requests were opened there within {MONTH.days} days{taken}"
    return f"{told}, and {MOST_PER_MONTH} are the most for one repo, whoever opens them; again from {again:%Y-%m-%d} on"

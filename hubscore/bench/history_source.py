"""What is needed to judge a history: the history, accuracies to judge it by, and rankings whose scores stand beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hubscore.errors import HubscoreError
from hubscore.recommend.cells import assemble
from hubscore.recommend.history import History
from hubscore.recommend.history_file import is_history
from hubscore.recommend.rankings import DEFAULT_SCORE, FINETUNED, cells_of
from hubscore.recommend.sources import build_history, open_history
from hubscore.results.read import read_rankings
from hubscore.types import Ranking


@dataclass(frozen=True)
class Opened:
    """What a source holds.

    Attributes:
        history: that recommends.
        truth: to judge it by; none where its own values have to serve.
        rankings: that lie there.
    """

    history: History
    truth: History | None
    rankings: tuple[Ranking, ...]


def open_for_bench(source: str, truth: Sequence[Path] = (), *, score: str = DEFAULT_SCORE) -> Opened:
    """Open a history wherever it lies, with the rankings that lie there.

    Args:
        source: as ``hubscore recommend --history`` takes it.
        truth: CSV tables with the columns model, target and accuracy; by default the short fine-tunings that the
            rankings hold, if any.
        score: of rankings.

    Raises:
        HubscoreError: as :func:`~hubscore.recommend.sources.open_history`.
    """
    history, _ = open_history(source, score=score)
    rankings = _rankings(source)
    if truth:
        return Opened(history, build_history(*truth), rankings)
    cells = cells_of(rankings, FINETUNED)[0] if rankings else []
    measured = [cell for cell in cells if cell.value is not None]
    return Opened(history, assemble(measured, score=FINETUNED) if measured else None, rankings)


def _rankings(source: str) -> tuple[Ranking, ...]:
    """Return the rankings of a source that is not a table or a folder of a history alone."""
    path = Path(source).expanduser()
    if path.suffix.lower() == ".csv" or is_history(path):
        return ()
    try:
        return tuple(read_rankings(source))
    except HubscoreError:  # the history was read, and that is what is judged
        return ()

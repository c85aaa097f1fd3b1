"""Where a history comes from: a saved one, transfer tables, saved rankings, a results data set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from os import PathLike, fspath
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hubscore.errors import UsageError
from hubscore.recommend.cells import Cell, assemble
from hubscore.recommend.history import History
from hubscore.recommend.history_file import FILES, NUMBERS, is_history, load_history
from hubscore.recommend.rankings import DEFAULT_SCORE, FINETUNED, SUM, cells_of
from hubscore.recommend.tables import read_cells
from hubscore.recommend.transfer_space import TransferSpace
from hubscore.results.read import read_rankings, read_results
from hubscore.text import amount, clean
from hubscore.types import Ranking

if TYPE_CHECKING:
    from huggingface_hub import HfApi

Source = str | PathLike[str]
FOLDER = "history"
"""Where a history lies in a results data set."""


def build_history(
    *sources: Source,
    score: str = DEFAULT_SCORE,
    total: bool = False,
    mixed: bool = False,
    api: HfApi | None = None,
) -> History:
    """Build a history from what was measured and ranked before.

    Args:
        sources: CSV tables with the columns model, target and accuracy (measured); rankings saved as JSON, folders of
            those, results data sets on the Hub or in a folder (of which one score is taken).
        score: of rankings; ``"expected"`` takes expected accuracies, ``"measured"`` those of short fine-tunings.
        total: FDA summed over the samples, as in the paper; the mean otherwise, so that probes of different size
            compare.
        mixed: whether measured and estimated values may stand in one matrix; it is said where they do.
        api: the Hub client; by default one with the saved token.

    Raises:
        UsageError: nothing to build from, a table that cannot be read, or both kinds of values.
        DatasetError: there is no such repo.
        HubError: the Hub refused, failed or cannot be reached.
        StorageError: a ranking is damaged, or a newer hubscore wrote it.

    Example:
        >>> history = build_history("alice/hubscore-results", "accuracies.csv", mixed=True)  # doctest: +SKIP
        >>> history.words  # doctest: +SKIP
        '120 models x 14 data sets, 1,204 of 1,680 cells known: ...'
    """
    cells, notes = read_sources(sources, score=score, total=total, api=api)
    return assemble(cells, score=SUM if total else score, mixed=mixed, notes=notes)


def read_sources(
    sources: Sequence[Source], *, score: str = DEFAULT_SCORE, total: bool = False, api: HfApi | None = None
) -> tuple[list[Cell], list[str]]:
    """Return the values of all sources, and what was left out.

    Raises:
        UsageError: no source was named, or a table cannot be read.
    """
    if not sources:
        raise UsageError("No source was named", "", "hubscore history build accuracies.csv")
    cells, notes = list[Cell](), list[str]()
    rankings: list[Source] = []
    for source in sources:
        path = Path(source).expanduser()
        if path.suffix.lower() == ".csv":
            found, said = read_cells(path)
            cells += found
            notes += said
        else:
            rankings.append(source)
    if rankings:
        found, said = cells_of(_rankings(rankings, api), score, total=total)
        cells += found
        notes += said
    if score == FINETUNED and rankings:
        notes.append("The accuracies of rankings are after short fine-tunings, 2 epochs on 300 rows")
    return cells, notes


def open_history(
    source: Source, *, score: str = DEFAULT_SCORE, api: HfApi | None = None
) -> tuple[History, TransferSpace | None]:
    """Open a history wherever it lies.

    Args:
        source: a folder that ``hubscore history build`` made, a results data set with such a folder in it, or anything
            that :func:`build_history` takes.
        score: of rankings, where the history has to be built from them.
        api: the Hub client; by default one with the saved token.

    Returns:
        The history, and its transfer space where that was saved with it.

    Raises:
        UsageError: nothing to build from.
        DatasetError: there is no such repo.
        HubError: the Hub refused, failed or cannot be reached.
        StorageError: it is damaged, or of another schema.
    """
    path = Path(source).expanduser()
    for folder in (path, path / FOLDER):
        if is_history(folder):
            return load_history(folder)
    if path.exists() or path.suffix.lower() in (".csv", ".json"):
        return build_history(source, score=score, api=api), None
    if fspath(source).startswith(("/", ".", "~")):
        what = f"There is no history '{clean(fspath(source))}'"
        raise UsageError(what, "there is no such file or folder", "hubscore history build accuracies.csv --out DIR")
    results = read_results(fspath(source), api)
    if f"{FOLDER}/{NUMBERS}" not in results.contents.names:
        return build_history(source, score=score, api=api), None
    with TemporaryDirectory(prefix="hubscore-history-") as temporary:
        for name in FILES:
            (Path(temporary) / name).write_bytes(results.fetch(f"{FOLDER}/{name}"))
        return load_history(Path(temporary))


def _rankings(sources: Sequence[Source], api: HfApi | None) -> Iterator[Ranking]:
    for source in sources:
        count = 0
        for ranking in read_rankings(fspath(source), api=api):
            count += 1
            yield ranking
        if not count:
            why = f"it has {amount(count, 'ranking', 'rankings')}"
            raise UsageError(
                f"'{clean(fspath(source))}' holds no history", why, "hubscore rank DATASET --out ranking.json"
            )

"""A transfer table from wherever its parts lie: saved rankings, results data sets, CSV files of scores and truth."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hubscore.bench.parc import with_heuristic
from hubscore.bench.transfer_csv import has_accuracies, read_known, read_scores
from hubscore.bench.transfer_rankings import table_of_rankings
from hubscore.bench.transfer_table import TransferTable, with_truth
from hubscore.errors import UsageError
from hubscore.finetune.recipe import Train
from hubscore.results.read import read_rankings
from hubscore.text import clean


def open_table(
    sources: Sequence[str],
    truths: Sequence[Path] = (),
    *,
    test_images: int | None = None,
    train: Train = "all",
) -> TransferTable:
    """Read scores and put accuracies beside them.

    Args:
        sources: rankings saved as JSON, folders of them, results data sets (ids on the Hub, or folders), or one CSV
            file of scores.
        truths: CSV files of accuracies; a CSV file of scores may have them in a column of its own.
        test_images: how many images one accuracy was measured on, where the files do not say.
        train: whose accuracies: of fine-tuning ``all`` weights, or of re-training the ``head``.

    Raises:
        UsageError: a file cannot be used, nothing has an accuracy, or CSV files are mixed with rankings.
        HubscoreError: a ranking is damaged, or the Hub failed.

    Example:
        >>> table = open_table(["rankings/"], [Path("oracle.csv")])  # doctest: +SKIP
        >>> table.targets  # doctest: +SKIP
        ('cifar10', 'pets12')
    """
    tables = [source for source in sources if source.lower().endswith(".csv")]
    if not tables:
        if not truths:
            first = clean(sources[0]) if sources else "rankings/"
            raise UsageError("Accuracies are missing", "rankings hold estimates", f"bench {first} --truth truth.csv")
        return with_truth(
            table_of_rankings(read_rankings(*sources)), read_known(truths, test_images=test_images, train=train)
        )
    if len(sources) > 1:
        what = f"Cannot read '{clean(tables[0])}' beside other scores"
        raise UsageError(what, "a CSV file is a whole table", "name it alone, and tables of accuracies with --truth")
    path = Path(tables[0]).expanduser()
    table = read_scores(path)
    if not table.kinds:
        table = with_heuristic(table)
    if not truths and not has_accuracies(path):
        raise UsageError(f"'{clean(path)}' has no accuracies", "", f"bench {clean(path)} --truth truth.csv")
    if not table.kinds:
        raise UsageError(f"'{clean(path)}' has no scores", "every column is a fact about a transfer or text")
    return with_truth(table, read_known(list(truths) or [path], test_images=test_images, train=train))

"""From files to a calibration: tables and saved rankings are read, joined and fitted."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Sequence
from pathlib import Path

from hubscore import __version__
from hubscore.calibration.assemble import assemble
from hubscore.calibration.make import Made, make
from hubscore.calibration.record import Provenance
from hubscore.calibration.saved_rankings import named_alike, transfers_of
from hubscore.calibration.tables import read_table
from hubscore.calibration.transfer import Transfer
from hubscore.errors import UsageError
from hubscore.text import clean
from hubscore.types import Ranking
from hubscore.types.inputs import Json


def calibrate(
    tables: Sequence[Path],
    rankings: Sequence[Path] = (),
    *,
    modality: str = "image",
    truth_words: str | None = None,
    fit_weights: bool = False,
) -> Made:
    """Fit a calibration to files.

    Args:
        tables: CSV files of accuracies, scores, or both; rows of one model and data set are joined.
        rankings: saved rankings that hold scores.
        modality: kind of input.
        truth_words: what the accuracies are, to be said after "expected accuracy".
        fit_weights: fit how much accuracy and log loss count for who is ahead, instead of the same for both.

    Raises:
        UsageError: a table cannot be used, or is named twice; says why.
        StorageError: a ranking cannot be read.
    """
    rows: list[Transfer] = []
    read: list[Json] = []
    for path in tables:
        found = read_table(path)
        rows += found
        read.append(_described(path, len(found)))
    for path in rankings:
        ranked = transfers_of(Ranking.load(str(path)), path)
        rows += named_alike(ranked, [one for one in rows if one.accuracy is not None])
        read.append(_described(path, len(ranked)))
    twice = {one["name"] for one in read if [other["sha256"] for other in read].count(one["sha256"]) > 1}
    if twice:
        what = f"Two of the files are the same: {', '.join(clean(name) for name in sorted(twice))}"
        raise UsageError(what, "their accuracies would count as two runs", "name each of them once")
    words = truth_words or f"if fine-tuned as in {tables[0].name}"
    provenance = Provenance(
        truth=words,
        command=_command(tables, rankings, modality, truth_words, fit_weights),
        tables=tuple(read),
        hubscore=__version__,
    )
    return make(assemble(rows), provenance, modality=modality, weights=fit_weights)


def _described(path: Path, rows: int) -> Json:
    return {"name": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "rows": rows}


def _command(tables: Sequence[Path], rankings: Sequence[Path], modality: str, words: str | None, weights: bool) -> str:
    """Return the command with the files' names, without the folders of this machine."""
    parts = ["hubscore", "calibrate", *(path.name for path in tables)]
    if rankings:
        parts += ["--rankings", *(path.name for path in rankings)]
    if modality != "image":
        parts += ["--modality", modality]
    if words is not None:
        parts += ["--truth-words", words]
    return shlex.join([*parts, *(["--fit-weights"] if weights else [])])

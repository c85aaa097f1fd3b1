"""Rankings as files: written whole or not at all, the kind chosen by the ending of the name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hubscore.atomic import write_atomically
from hubscore.errors import UsageError
from hubscore.report.flat_rows import to_pandas
from hubscore.results.saved_ranking import ranking_bytes
from hubscore.text import clean, csv_cell
from hubscore.types import Ranking

ENDINGS = (".json", ".csv", ".parquet", ".md", ".html")


def check_path(path: str | Path) -> Path:
    """Return the path if a ranking can be saved under it; call it before the work starts.

    Raises:
        UsageError: another ending, or a folder that does not exist.
    """
    target = Path(path)
    if target.suffix.lower() not in ENDINGS:
        raise UsageError(
            f"Cannot save a ranking as '{clean(path)}'",
            f"the ending must be {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}",
            "--out ranking.json",
        )
    if not target.absolute().parent.is_dir():
        raise UsageError(
            f"Cannot save '{clean(path)}'", "its folder does not exist", f"mkdir -p {clean(target.parent)}"
        )
    return target


def save(ranking: Ranking, path: str | Path) -> None:
    """Write a ranking as JSON, CSV, Parquet, Markdown or HTML, by the ending of ``path``.

    Raises:
        UsageError: another ending, or a folder that does not exist.
        StorageError: the disk is full, or the place is not writable; what was there stays as it was.
    """
    target = check_path(path)
    writers: dict[str, Callable[[Ranking], bytes]] = {
        ".json": ranking_bytes,
        ".csv": _csv,
        ".parquet": _parquet,
        ".md": _markdown,
        ".html": _html,
    }
    write_atomically(target, writers[target.suffix.lower()](ranking))


def _csv(ranking: Ranking) -> bytes:
    frame = to_pandas(ranking)
    for column in frame.columns:  # a spreadsheet runs a cell that begins like a formula
        if frame[column].dtype.kind not in "iufb":
            frame[column] = frame[column].map(csv_cell)
    return frame.to_csv(index=False, lineterminator="\n").encode()


def _parquet(ranking: Ranking) -> bytes:
    import io

    buffer = io.BytesIO()
    to_pandas(ranking).to_parquet(buffer, index=False)
    return buffer.getvalue()


def _markdown(ranking: Ranking) -> bytes:
    from hubscore.report.markdown import document

    return document(ranking).encode()


def _html(ranking: Ranking) -> bytes:
    from hubscore.report.html import page

    return page(ranking).encode()

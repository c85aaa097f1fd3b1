"""Rankings as files: written whole or not at all, the kind chosen by the ending of the name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from hubscore.atomic import write_atomically
from hubscore.errors import StorageError, UsageError
from hubscore.report.flat_rows import to_pandas
from hubscore.report.schema import SchemaError, check_ranking
from hubscore.text import clean
from hubscore.types import SCHEMA, Ranking

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
        ".json": to_json,
        ".csv": _csv,
        ".parquet": _parquet,
        ".md": _markdown,
        ".html": _html,
    }
    write_atomically(target, writers[target.suffix.lower()](ranking))


def load(path: str | Path) -> Ranking:
    """Read a ranking that was saved as JSON.

    Raises:
        UsageError: another ending.
        StorageError: no such file, not a ranking, a damaged one (the key is named), or one that a newer hubscore wrote.
    """
    source = Path(path)
    if source.suffix.lower() != ".json":
        raise UsageError(f"Cannot read '{clean(path)}'", "only .json holds a whole ranking", "save it as .json first")
    try:
        data = json.loads(source.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StorageError(
            f"Cannot read '{clean(path)}'", "there is no such file", "hubscore rank DATASET --out ranking.json"
        ) from None
    except OSError as error:
        raise StorageError(
            f"Cannot read '{clean(path)}'", error.strerror or str(error), "check its permissions"
        ) from error
    except ValueError as error:
        raise StorageError(
            f"Cannot read '{clean(path)}'", f"it is not JSON ({error})", "rank again with --out"
        ) from None
    return _parsed(data, path)


def to_json(ranking: Ranking) -> bytes:
    """Return the saved form; NaN cannot occur in it."""
    return (json.dumps(ranking.to_json(), indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _parsed(data: object, path: str | Path) -> Ranking:
    if not isinstance(data, dict) or not isinstance(data.get("schema"), int) or "rows" not in data:
        raise StorageError(
            f"Cannot read '{clean(path)}'",
            "it is JSON, but not a saved ranking",
            "hubscore rank DATASET --out ranking.json",
        )
    if data["schema"] > SCHEMA:
        raise StorageError(
            f"Cannot read '{clean(path)}'",
            f"it has schema {data['schema']}, and this hubscore reads up to {SCHEMA}",
            "pip install --upgrade hubscore",
        )
    try:
        check_ranking(data)
        return Ranking.from_json(data)
    except (SchemaError, KeyError, TypeError, AttributeError) as error:
        raise StorageError(
            f"Cannot read '{clean(path)}'", f"the ranking in it is damaged: {clean(error)}", "rank again with --out"
        ) from error


def _csv(ranking: Ranking) -> bytes:
    frame = to_pandas(ranking)
    for column in frame.columns:  # a spreadsheet runs a cell that begins like a formula
        if frame[column].dtype.kind not in "iufb":
            frame[column] = frame[column].map(_harmless)
    return frame.to_csv(index=False, lineterminator="\n").encode()


def _harmless(cell: object) -> object:
    text = clean(cell) if isinstance(cell, str) else cell
    return f"'{text}" if isinstance(text, str) and text[:1] in "=+-@" and text else text


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

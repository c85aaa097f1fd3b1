"""Rankings as they are saved: one JSON object, read back whole or refused with the key that is damaged."""

from __future__ import annotations

import json
from pathlib import Path

from hubscore.errors import StorageError, UsageError
from hubscore.install import UPGRADE
from hubscore.results.saved_schema import SchemaError, check_ranking
from hubscore.text import clean, parse_json
from hubscore.types import SCHEMA, Ranking


def load_ranking(path: str | Path) -> Ranking:
    """Read a ranking that was saved as JSON.

    Raises:
        UsageError: another ending.
        StorageError: no such file, not a ranking, a damaged one (the key is named), or one that a newer hubscore wrote.
    """
    source = Path(path)
    if source.suffix.lower() != ".json":
        raise UsageError(
            f"Cannot read '{clean(path)}'", "only .json holds a whole ranking", "rank again with --out ranking.json"
        )
    try:
        data = parse_json(source.read_text(encoding="utf-8"))
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
            f"Cannot read '{clean(path)}'", f"it is not JSON ({error})", "rank again with --out ranking.json"
        ) from None
    return parse_ranking(data, path)


def ranking_bytes(ranking: Ranking) -> bytes:
    """Return the saved form; NaN cannot occur in it."""
    return (json.dumps(ranking.to_json(), indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def parse_ranking(data: object, path: str | Path) -> Ranking:
    """Return the ranking that some JSON holds.

    Args:
        data: what was read.
        path: where it was read, for messages.

    Raises:
        StorageError: it is not a ranking, a damaged one (the key is named), or one that a newer hubscore wrote.
    """
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
            UPGRADE,
        )
    try:
        check_ranking(data)
        return Ranking.from_json(data)
    except (SchemaError, KeyError, TypeError, AttributeError) as error:
        raise StorageError(
            f"Cannot read '{clean(path)}'",
            f"the ranking in it is damaged: {clean(error)}",
            "rank again with --out ranking.json",
        ) from error

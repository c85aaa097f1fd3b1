"""Whether a ranking was made the way a watch would make it again; nothing of it could be used otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hubscore.types import Ranking

_FIXED: Mapping[str, Any] = {
    "reduce": None,
    "capacity": False,
    "probes": 1,
    "resample": (),
    "label_texts": None,
}
"""Options of ``hubscore rank`` that a watch does not have, as it leaves them."""
_SUBSAMPLES = (0, 20)
"""What a ranking draws by default, now and in older versions: neither changes what is new."""


@dataclass(frozen=True)
class Settings:
    """What a watch was asked for and a ranking depends on.

    Attributes:
        samples: rows to draw.
        seed: of the draw.
        scores: ``all`` or names.
        input_size: pixels per side, none for each network's own.
        config: configuration of the data set, none for its default.
        split: split to draw from, none for the default.
    """

    samples: int = 500
    seed: int = 0
    scores: str = "all"
    input_size: int | None = None
    config: str | None = None
    split: str | None = None

    def missing(self, ranking: Ranking) -> str:
        """Return the options with which the ranking would be made again as it is; empty when they are these."""
        record, probe = ranking.record, ranking.probe
        made: dict[str, Any] = {"seed": record.seeds.get("ranking"), "scores": record.options.scores}
        made |= {key: getattr(record, key) for key in ("samples", "input_size") if record.has(key)}
        known = {key: value for key, value in made.items() if value is not None or key == "input_size"}
        known |= {key: getattr(probe, key) for key in ("config", "split") if getattr(self, key) is not None}
        return " ".join(
            _option(key, value) for key, value in known.items() if _plain(value) != _plain(getattr(self, key))
        )


def unsupported_options(ranking: Ranking) -> Iterator[str]:
    """Yield the options that a ranking was made with and that a watch does not have."""
    options = ranking.record.options
    yield from (_name(key) for key, value in _FIXED.items() if options.has(key) and getattr(options, key) != value)
    if options.has("subsamples") and options.subsamples not in _SUBSAMPLES:
        yield "--subsamples"
    if ranking.record.input_sizes:
        yield "input_size in the list of --models"
    if ranking.record.transform != "own":
        yield "--transform"
    if ranking.record.finetuning is not None:
        yield "--finetune-top"
    if any(row.history is not None or row.reported is not None for row in ranking):
        yield "--history"
    if ranking.record.reference is not None:
        yield "--reference"


def _name(key: str) -> str:
    return f"--{key.replace('_', '-')}"


def _option(key: str, value: Any) -> str:
    name = _name(key)
    if value is None:
        return f"without {name}"
    return f"{name} {','.join(value) if isinstance(value, (list, tuple)) else value}"


def _plain(value: Any) -> Any:
    """Make scores comparable, in whatever order and form they were named."""
    names = value.split(",") if isinstance(value, str) else value
    return sorted(name.strip() for name in names) if isinstance(names, (list, tuple)) else names

"""What can be chosen of how networks run, declared once for the command line and for Python."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from hubscore.errors import UsageError
from hubscore.extract.precision import PRECISIONS
from hubscore.hub.near_names import near_words
from hubscore.run.keywords import Options, option
from hubscore.run.panels import COUNT, EVIDENCE, LIMITS, RESULTS, WORD

BUDGET_GB = 5.0
ISOLATION = ("auto", "always", "never")
POOLINGS = ("first", "max", "last", "mean")
HIDDEN_LAYERS = ("last", "mean", "best")
WORKER_FIELDS = ("processes", "isolate", "timeout_per_model", "retry", "precision")
"""What says how workers extract features: of no use where networks run in the process of the run."""
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True, kw_only=True)
class RunOptions(Options):
    """How networks are run: where, how many at a time, and what they may take of the disk.

    Raises:
        UsageError: a value below its bound.

    Example:
        >>> RunOptions(device="cpu").budget_gb
        5.0
    """

    parameter: ClassVar[str] = "run"

    input_size: int | None = option(
        None, "Pixels per side, for networks that accept another size.", "--input-size", COUNT, EVIDENCE, "N", min=8
    )
    pooling: str | None = option(
        None,
        "Of texts: first, mean, max or last token; each checkpoint's own way otherwise.",
        "--pooling",
        WORD,
        EVIDENCE,
        "WAY",
        python="How the tokens of a text become one vector: ``first``, ``mean``, ``max`` or ``last``; by default as the"
        " checkpoint's own library does it.",
    )
    hidden_layers: str | None = option(
        None,
        "Of texts: features of the last layer, the mean over all, or of the best, the layer that suits the probe.",
        "--hidden-layers",
        WORD,
        EVIDENCE,
        "WHICH",
        python="Which layers' outputs the features of a text are pooled from: ``last``, the ``mean`` over all, or the"
        " ``best`` by LogME on the probe; of several, tokens are averaged where ``pooling`` says nothing else. By"
        " default what the checkpoint's own head sees.",
    )
    budget_gb: float = option(
        BUDGET_GB,
        "Ask before downloading more than this.",
        "--budget-gb",
        float,
        LIMITS,
        "GB",
        min=0,
        python="Most gigabytes of checkpoints downloaded without ``yes``.",
    )
    batch_size: int | None = option(
        None, "Items at a time; chosen automatically otherwise.", "--batch-size", COUNT, LIMITS, "N", min=1
    )
    device: str = option("auto", "auto, cpu, cuda, cuda:1, mps.", "--device", str, LIMITS, "NAME")
    processes: int | None = option(
        None, "Workers at the same time; one per GPU by default.", "--processes", COUNT, LIMITS, "N", min=1
    )
    isolate: str | None = option(
        None,
        "Workers run what is not in the cache: auto, always, never.",
        "--isolate",
        WORD,
        LIMITS,
        "WHEN",
        python="``auto`` (what is in the cache is read here; the rest runs in worker processes, which a bad checkpoint"
        " may end; here where the probe or its modality exists in this process alone, with a warning), ``always``"
        " (that is an error), or ``never``; by default what HUBSCORE_ISOLATE says, or else ``auto``.",
    )
    timeout_per_model: str | float | None = option(
        None,
        "Stop a model after so long; ten times the plan and 10m by default.",
        "--timeout-per-model",
        WORD,
        LIMITS,
        "TIME",
        python='Longest that one model may take in a worker, as seconds or like "90s", "30m", "2h"; by default ten'
        " times what the plan says, and at least ten minutes.",
    )
    precision: str = option(
        "float32",
        "Arithmetic of the forward passes: float32, tf32, bf16, fp16.",
        "--precision",
        str,
        EVIDENCE,
        "NAME",
        python="Of the forward passes: ``float32``; ``tf32`` for GPUs that have it; ``bf16`` or ``fp16`` by autocast.",
    )
    retry: bool = option(False, "Run checkpoints again that crashed or hung before.", "--retry", bool, LIMITS)
    cache_dir: str | os.PathLike[str] | None = option(
        None, "Where features are kept; ~/.cache/hubscore by default.", "--cache-dir", Path | None, LIMITS, "DIR"
    )
    evict: bool = option(False, "Delete each downloaded checkpoint once it has run.", "--evict", bool, LIMITS)
    yes: bool = option(
        False, "Do not ask.", "--yes -y", bool, RESULTS, python="Download more than ``budget_gb`` without asking."
    )
    token: str | bool | None = option(None, "For the Hub; the saved one by default.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.precision not in PRECISIONS:
            near = next(iter(near_words(self.precision, tuple(PRECISIONS))), "float32")
            why = f"precisions are {', '.join(PRECISIONS)}"
            raise UsageError(f"There is no precision {self.precision!r}", why, f"--precision {near}")
        if self.hidden_layers == "each":
            why = "a network has one row; every layer of one network is scored by another verb"
            raise UsageError("There is no --hidden-layers each", why, "hubscore layers MODEL DATASET")
        for name, known in (("pooling", POOLINGS), ("hidden_layers", HIDDEN_LAYERS)):
            check_word(name, getattr(self, name), known)
        if self.isolate is not None:
            read_isolation(self.isolate, "--isolate")
        if self.timeout_per_model is not None:
            object.__setattr__(self, "timeout_per_model", read_seconds(self.timeout_per_model, "--timeout-per-model"))

    @property
    def isolation(self) -> str:
        """When candidates run in workers: as asked for, as the environment says, or ``auto``.

        Raises:
            UsageError: the environment says something else.
        """
        if self.isolate is not None:
            return self.isolate
        return read_isolation(os.environ.get("HUBSCORE_ISOLATE") or ISOLATION[0], "HUBSCORE_ISOLATE")


def check_word(name: str, value: str | None, known: tuple[str, ...]) -> None:
    """Refuse a word that is none of those that an option takes."""
    if value is not None and value not in known:
        words, near = f"--{name.replace('_', '-')}", next(iter(near_words(value, known)), known[-1])
        raise UsageError(f"There is no {words} {value!r}", f"it is {', '.join(known)}", f"{words} {near}")


def read_isolation(text: str, name: str) -> str:
    """Return when candidates run in workers.

    Raises:
        UsageError: there is no such choice.
    """
    if text not in ISOLATION:
        near = next(iter(near_words(text, ISOLATION)), ISOLATION[0])
        raise UsageError(f"Cannot isolate {text!r}", f"{name} is {', '.join(ISOLATION)}", f"--isolate {near}")
    return text


def read_seconds(value: str | float, name: str) -> float:
    """Return a time span in seconds.

    Raises:
        UsageError: it cannot be read, or is not positive.

    Example:
        >>> read_seconds("30m", "--timeout"), read_seconds("90", "--timeout"), read_seconds(2.5, "--timeout")
        (1800.0, 90.0, 2.5)
    """
    text = str(value).strip().lower()
    unit = _UNITS.get(text[-1:])
    try:
        seconds = float(text[:-1] if unit else text) * (unit or 1)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise UsageError(f"Cannot read {name} {value!r}", "it is a time such as 90s, 30m or 2h", f"{name} 30m")
    return seconds

"""The command that one job runs: the same `hubscore rank`, for a share of the candidates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from hubscore.errors import UsageError
from hubscore.install import SOURCE
from hubscore.run.keywords import Option, Options, declared
from hubscore.run.options import DataOptions, RunOptions
from hubscore.run.rank_options import RankOptions
from hubscore.types import Candidate

SCRIPT = (
    "set -e; "
    'python -c "import hubscore" 2>/dev/null || python -m pip install --quiet "$HUBSCORE_PACKAGE"; '
    'python -m hubscore rank "$@"; '
    'python -m hubscore publish "$HUBSCORE_RUN" --to results --results-repo "$HUBSCORE_RESULTS"'
    " --private --allow-private-dataset-name --yes"
)
"""What the shell of a job runs; the words of the command line come as its arguments, and no secret is among them."""
_HERE = ("cache_dir", "token", "yes", "budget_gb", "retry", "evict", "device")
_CHOOSE = ("recommend", "explore", "history", "order_by_history", "race", "budget")
_NOT_THERE = {
    "race": "each job sees its own share of the candidates only",
    "budget": "each job sees its own share of the candidates only",
    "label_texts": "the file would have to travel",
    "calibration": "the file would have to travel",
    "finetune_top": "the first models are known only once all jobs have ended",
    "capacity": "it compares all networks with each other",
}


def job_command(
    dataset: str, models: Sequence[str], out: str, *, data: DataOptions, ranking: RankOptions, run: RunOptions
) -> list[str]:
    """Return the words of a job's command.

    Args:
        dataset: its id on the Hub.
        models: ids with their revisions.
        out: name of the file with the ranking.
        data: how the data set is read.
        ranking: which scores.
        run: how networks run; what is about this machine stays here.

    Example:
        >>> words = job_command(
        ...     "user/birds", ["a/b@0"], "x.json", data=DataOptions(samples=60), ranking=RankOptions(), run=RunOptions()
        ... )
        >>> words[4:7]
        ['user/birds', '--samples', '60']
    """
    whole = ("--no-race",) if hasattr(ranking, "race") else ()  # a job's share is no field for a race
    given = (*option_words(data), *option_words(ranking, _CHOOSE), *option_words(run, _HERE), *whole)
    rank = [dataset, *given, "--models", *models, "--evict", "--yes", "--out", out]
    return ["sh", "-c", SCRIPT, "hubscore", *rank]


def job_environment(out: str, repo: str) -> dict[str, str]:
    """Return what a job is told beside its command; none of it is secret."""
    return {"HUBSCORE_RUN": out, "HUBSCORE_RESULTS": repo, "HUBSCORE_PACKAGE": SOURCE}


def option_words(options: Options, left_out: Sequence[str] = ()) -> list[str]:
    """Return the options that are not as they are by default, as one types them."""
    words: list[str] = []
    for one, about in declared(type(options)):
        value = getattr(options, one.name)
        if about.flags and one.name not in left_out and value != one.default:
            words += _words(about, value)
    return words


def _words(about: Option, value: Any) -> Iterator[str]:
    yes, _, no = about.flags[0].partition("/")
    if isinstance(value, bool):
        yield yes if value else no
    elif isinstance(value, str) or not isinstance(value, Sequence):
        yield from (yes, str(value))
    else:
        for one in value:
            yield from (yes, str(one))


def check_can_travel(dataset: str, candidates: Sequence[Candidate], ranking: RankOptions) -> None:
    """Refuse a run that hired machines could not do: they see the Hub, and nothing of this machine.

    Raises:
        UsageError: the data set or a candidate lies here, or an option needs all candidates at once or a file.
    """
    if Path(dataset).exists():
        fix = f"hf upload USER/NAME {dataset} --repo-type dataset --private, then rank USER/NAME"
        raise UsageError(f"{dataset!r} lies on this machine", "jobs see the Hub only", fix)
    for one in candidates:
        if one.path is not None or one.input_size is not None:
            why = "jobs see the Hub only" if one.path is not None else "a list with input sizes would have to travel"
            raise UsageError(f"{one.repo_id!r} cannot be ranked by a job", why, "leave it out, or leave out --on")
    for name, why in _NOT_THERE.items():
        if getattr(ranking, name, None):
            flag = f"--{name.replace('_', '-')}"
            raise UsageError(f"{flag} does not go with --on", why, f"leave out {flag}, or --on")

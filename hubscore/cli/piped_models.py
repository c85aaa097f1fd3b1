"""`--models -`: the candidates come in from another program, `hubscore recommend` for example."""

from __future__ import annotations

import sys
from dataclasses import replace

from hubscore.errors import UsageError
from hubscore.run.options import CandidateOptions

PIPED = "-"


def with_piped_models(candidates: CandidateOptions) -> CandidateOptions:
    """Return the options with the names from standard input in place of ``-``; as they are where there is none.

    Raises:
        UsageError: nothing comes in, or ``-`` is not alone.
    """
    names = candidates.models
    if names is None or isinstance(names, str) or PIPED not in map(str, names):
        return candidates
    if len(names) > 1:
        raise UsageError("--models - takes all models from standard input", "others are named beside it", "--models -")
    from hubscore.candidates.saved_lists import read_piped

    listed = read_piped("" if sys.stdin is None or sys.stdin.isatty() else sys.stdin.read())
    return replace(candidates, models=[one.name for one in listed])

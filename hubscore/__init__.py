"""Rank Hugging Face Hub checkpoints for your data set with published transferability scores."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "rank": "hubscore.run.rank",
    "recommend": "hubscore.recommend.recommend",  # also a package, which calls this function
    "score": "hubscore.scores.api",
    "score_pool": "hubscore.scores.api",
    "similarity": "hubscore.similarity.api",  # also a package, which calls this function
    "Query": "hubscore.candidates.query",
    "Candidate": "hubscore.types",
    "Extraction": "hubscore.types",
    "Probe": "hubscore.types",
    "Publication": "hubscore.types",
    "Ranking": "hubscore.types",
    "Score": "hubscore.types",
    "TransferabilityScorer": "hubscore.scores.estimator",
    "HubscoreError": "hubscore.errors",
    "Undefined": "hubscore.errors",
}
__all__ = [
    "Candidate",
    "Extraction",
    "HubscoreError",
    "Probe",
    "Publication",
    "Query",
    "Ranking",
    "Score",
    "TransferabilityScorer",
    "Undefined",
    "__version__",
    "rank",
    "recommend",
    "score",
    "score_pool",
    "similarity",
]

if TYPE_CHECKING:
    from hubscore.candidates.query import Query
    from hubscore.errors import HubscoreError, Undefined
    from hubscore.recommend.recommend import recommend
    from hubscore.run.rank import rank
    from hubscore.scores.api import score, score_pool
    from hubscore.scores.estimator import TransferabilityScorer
    from hubscore.similarity.api import similarity
    from hubscore.types import Candidate, Extraction, Probe, Publication, Ranking, Score


def __getattr__(name: str) -> Any:
    # Looked up on first use: `hubscore --help` must not wait for torch.
    if name not in _HOMES:
        raise AttributeError(f"module 'hubscore' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__

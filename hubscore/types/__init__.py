"""The six things that flow through hubscore, as frozen data with JSON both ways and no I/O in them."""

from hubscore.types.inputs import Candidate, Extraction, Json, JsonRecord, Probe, Skipped, Target
from hubscore.types.publication import Publication
from hubscore.types.ranking import SCHEMA, Ranking, Row, Score

__all__ = [
    "SCHEMA",
    "Candidate",
    "Extraction",
    "Json",
    "JsonRecord",
    "Probe",
    "Publication",
    "Ranking",
    "Row",
    "Score",
    "Skipped",
    "Target",
]

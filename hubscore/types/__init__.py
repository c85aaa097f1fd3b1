"""The six things that flow through hubscore, as frozen data with JSON both ways and no I/O in them."""

from hubscore.types.description import Agreement, ProbeDescription, Saturation, ScoreDescription
from hubscore.types.inputs import Candidate, Extraction, ItemSeconds, Json, JsonRecord, Probe, Target
from hubscore.types.measured import FineTuning, Measured
from hubscore.types.publication import Publication
from hubscore.types.race import Race, RaceStage
from hubscore.types.ranking import SCHEMA, Ranking, Row, Score, Skipped
from hubscore.types.record import ExpectedAccuracies, RankingOptions, Recipe, Reference, RunRecord, Uncertainty

__all__ = [
    "SCHEMA",
    "Agreement",
    "Candidate",
    "ExpectedAccuracies",
    "Extraction",
    "FineTuning",
    "ItemSeconds",
    "Json",
    "JsonRecord",
    "Measured",
    "Probe",
    "ProbeDescription",
    "Publication",
    "Race",
    "RaceStage",
    "Ranking",
    "RankingOptions",
    "Recipe",
    "Reference",
    "Row",
    "RunRecord",
    "Saturation",
    "Score",
    "ScoreDescription",
    "Skipped",
    "Target",
    "Uncertainty",
]

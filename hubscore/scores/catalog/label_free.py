"""The label_free scores."""

from hubscore.scores.info import ScoreInfo

ENTRIES: tuple[ScoreInfo, ...] = ()

"""The probability scores."""

from hubscore.scores.info import ScoreInfo

ENTRIES: tuple[ScoreInfo, ...] = ()

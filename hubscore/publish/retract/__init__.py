"""A way back: runs out of a results data set, entries and sections out of own cards, own pull requests closed."""

from hubscore.publish.retract.cards import retract_cards
from hubscore.publish.retract.pull_requests import retract_pull_requests
from hubscore.publish.retract.results import retract_results

__all__ = ["retract_cards", "retract_pull_requests", "retract_results"]

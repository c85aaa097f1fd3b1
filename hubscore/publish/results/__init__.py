"""Publishing rankings to a results data set."""

from hubscore.publish.results.publish import publish_results

__all__ = ["publish_results"]

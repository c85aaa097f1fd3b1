"""Publishing rankings to a results data set, on the Hub or in a folder."""

from hubscore.publish.results.folder import write_results
from hubscore.publish.results.publish import publish_results

__all__ = ["publish_results", "write_results"]

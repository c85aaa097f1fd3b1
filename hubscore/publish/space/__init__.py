"""The leaderboard Space: on the Hub, as one static page, or on this machine."""

from hubscore.publish.space.publish import publish_space

__all__ = ["publish_space"]

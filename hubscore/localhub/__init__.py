"""An offline Hub over a folder of repos, spoken to by the unmodified Hugging Face clients."""

from hubscore.localhub.server import RunningHub, serve

__all__ = ["RunningHub", "serve"]

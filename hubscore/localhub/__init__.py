"""An offline Hub over a folder of repos, spoken to by the unmodified Hugging Face clients.

Written by hand, because no package serves the Hub's HTTP interface: the Hub's own server is not published, and mocks of
its client would test the mock instead of downloads, pull requests and errors as the client really meets them. Starlette
and uvicorn do what is HTTP; only the routes and their answers are ours.
"""

from hubscore.localhub.server import RunningHub, serve

__all__ = ["RunningHub", "serve"]

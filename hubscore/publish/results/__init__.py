"""The results data set: every run in full, and one leaderboard over all of them."""

from hubscore.publish.results.folder import write_results
from hubscore.publish.results.leaderboard import build_leaderboard, merge_leaderboards
from hubscore.publish.results.links import Record, default_repo, find_record, record_url
from hubscore.publish.results.publish import publish_results
from hubscore.publish.results.read import Results, read_results
from hubscore.publish.results.runs import Run, as_run, run_id

__all__ = [
    "Record",
    "Results",
    "Run",
    "as_run",
    "build_leaderboard",
    "default_repo",
    "find_record",
    "merge_leaderboards",
    "publish_results",
    "read_results",
    "record_url",
    "run_id",
    "write_results",
]

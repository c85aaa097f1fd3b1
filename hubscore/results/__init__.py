"""Reading results data sets: every run in full, and one leaderboard over all of them."""

from hubscore.results.leaderboard import build_leaderboard, merge_leaderboards
from hubscore.results.read import Results, read_rankings, read_results
from hubscore.results.record import Record, default_repo, find_record, record_url
from hubscore.results.runs import Run, as_run, run_id

__all__ = [
    "Record",
    "Results",
    "Run",
    "as_run",
    "build_leaderboard",
    "default_repo",
    "find_record",
    "merge_leaderboards",
    "read_rankings",
    "read_results",
    "record_url",
    "run_id",
]

"""What can be chosen of a run on hired machines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from hubscore.run.keywords import Options, option
from hubscore.run.panels import COUNT, WORD
from hubscore.run.run_options import read_seconds

JOBS = "Run elsewhere"


@dataclass(frozen=True, kw_only=True)
class JobOptions(Options):
    """Where a run goes: Hugging Face Jobs of some hardware.

    Raises:
        UsageError: a time cannot be read, or a number is below its bound.

    Example:
        >>> JobOptions(on="cpu-upgrade", jobs=4).seconds
        7200.0
    """

    parameter: ClassVar[str] = "hired"

    on: str | None = option(
        None, "Run as Hugging Face Jobs on this hardware, for example l4x1.", "--on", WORD, JOBS, "FLAVOR"
    )
    jobs: int = option(
        1, "With --on: how many; each ranks a share of the candidates.", "--jobs", COUNT, JOBS, "N", min=1, needs="on"
    )
    jobs_repo: str | None = option(
        None,
        "With --on: the private data set that the jobs leave their runs in; USER/hubscore-jobs by default.",
        "--jobs-repo",
        WORD,
        JOBS,
        "ID",
        needs="on",
    )
    job_timeout: str = option(
        "2h", "With --on: each job ends after so long.", "--job-timeout", str, JOBS, "TIME", needs="on"
    )
    job_image: str = option(
        "python:3.12",
        "With --on: the image; hubscore is installed where it lacks.",
        "--job-image",
        str,
        JOBS,
        "NAME",
        needs="on",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        _ = self.seconds

    @property
    def seconds(self) -> float:
        """How long each job may take."""
        return read_seconds(self.job_timeout, "--job-timeout")

"""Several processes of one run, started as a launcher starts them."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

TESTS = str(Path(__file__).parents[1])


def run_ranks(pythons: Sequence[str], code: str, *words: object) -> None:
    """Run ``PYTHON -c CODE WORDS`` in one process for each Python, all at a time, that know their ranks; all must go
    well.
    """
    count = len(pythons)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        meeting = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free.getsockname()[1])}
    world = {"WORLD_SIZE": str(count), "LOCAL_WORLD_SIZE": str(count), "PYTHONPATH": TESTS, **meeting}
    ranks = [
        subprocess.Popen(
            [python, "-c", code, *map(str, words)],
            env={**os.environ, **world, "RANK": str(rank), "LOCAL_RANK": str(rank)},
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank, python in enumerate(pythons)
    ]
    try:
        told = [rank.communicate(timeout=280)[1] for rank in ranks]
    finally:
        for rank in ranks:  # one that has failed leaves the other waiting
            rank.kill()
    assert [rank.returncode for rank in ranks] == [0] * count, "\n".join(told)

"""`hubscore rank` in a process of its own, with the local Hub as the only Hub it knows."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from hubscore.errors import HubscoreError

FOREIGN = ("HF_", "HUGGINGFACE_", "HUGGING_FACE_", "TRANSFORMERS_", "HUBSCORE_")
"""Settings of the person's own Hub: endpoint, token, caches, offline mode."""


def environment(url: str, home: Path) -> dict[str, str]:
    """Return the environment in which every library talks to the Hub at ``url`` and keeps its files under ``home``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN) or name == "HF_DEBUG"}
    direct = ",".join(filter(None, (kept.get("NO_PROXY") or kept.get("no_proxy"), "127.0.0.1")))
    return kept | {
        "HF_ENDPOINT": url,
        "HF_HOME": str(home),
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_UPDATE_CHECK": "1",
        "DISABLE_SAFETENSORS_CONVERSION": "1",
        "OMP_NUM_THREADS": kept.get(
            "OMP_NUM_THREADS", "1"
        ),  # for networks this small more threads are slower, not faster
        "NO_PROXY": direct,
        "no_proxy": direct,
    }


def hubscore(arguments: Sequence[str], env: dict[str, str], report: Callable[[str], None]) -> None:
    """Run one hubscore command and pass on what it says.

    Args:
        arguments: of the command.
        env: its environment.
        report: called with each line that it writes to stderr.

    Raises:
        HubscoreError: it failed; the message ends with its last lines.
    """
    command = [sys.executable, "-m", "hubscore", *arguments]
    lines: list[str] = []
    with subprocess.Popen(
        command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        try:
            for line in process.stderr or ():
                lines.append(line.rstrip())
                report(lines[-1])
        except BaseException:  # Ctrl-C above all: no child is left behind
            process.kill()
            raise
    if process.returncode:
        raise HubscoreError(
            f"The command failed: {shown(arguments)}", " ".join(lines[-4:]) or f"exit code {process.returncode}"
        )


def shown(arguments: Sequence[str]) -> str:
    """Return a command as a person would type it."""
    return shlex.join(["hubscore", *arguments])

"""How long `hubscore --help` and `hubscore scores` take beside an empty Python, in one run.

python benchmarks/startup.py

The goal is under 0.5 s each. Prints a table on stderr and JSON on stdout; medians of alternated runs.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 9
PROGRAM = shutil.which("hubscore", path=str(Path(sys.executable).parent)) or "hubscore"
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "hubscore --help": [PROGRAM, "--help"],
    "hubscore scores": [PROGRAM, "scores"],
    "hubscore scores logme": [PROGRAM, "scores", "logme"],
}


def seconds(words: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(words, capture_output=True, check=True)
    return time.perf_counter() - began


def main() -> None:
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, words in COMMANDS.items():
            taken[name].append(seconds(words))
    medians = {name: statistics.median(times) for name, times in taken.items()}
    for name, median in medians.items():
        print(
            f"{name:24} {median:6.3f} s  {median / medians['python -c pass']:5.1f} x an empty Python", file=sys.stderr
        )
    print(json.dumps(medians))


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    main()

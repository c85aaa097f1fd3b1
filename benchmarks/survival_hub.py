"""A Hub that fails: one answer in ten, three in ten, and all of them from the middle of a run on.

    python benchmarks/survival_hub.py                # 8 checkpoints at 10 and 30 %; 12 with the Hub down
    python benchmarks/survival_hub.py --rates 0.1

At random failures the ranking must be that of a Hub without any, with exit code 0. Where the Hub goes down after four
of twelve checkpoints the four must be ranked, the others named, with exit code 3, and the time stands beside that of a
run over the four alone. Ends with 1 where anything else came of it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

from survival_scene import Scene, line, scene


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rates", type=float, nargs="*", default=[0.1, 0.3])
    parser.add_argument("--checkpoints", type=int, default=8)
    parser.add_argument("--down", type=int, default=12, help="checkpoints where the Hub goes down; 0: not at all")
    given = parser.parse_args()
    with scene(max(given.checkpoints, given.down)) as there:
        bad = sum(not _faults(there, rate, there.models[: given.checkpoints]) for rate in given.rates)
        if given.down:
            bad += not _down(there, there.models[: given.down])
    return 1 if bad else 0


def _faults(there: Scene, rate: float, models: list[str]) -> bool:
    calm = there.run(there.root / f"calm-{rate}", there.words(models=models))
    there.hub.chaos.rate, before = rate, sum(there.hub.chaos.counts.values())
    ran = there.run(there.root / f"faults-{rate}", there.words(models=models))
    there.hub.chaos.rate = 0.0
    good = ran.code == 0 and ran.ranking == calm.ranking and len(ran.rows) == len(models)
    return line(
        good,
        f"{rate:.0%} faults, {len(models)} checkpoints",
        faults=sum(there.hub.chaos.counts.values()) - before,
        seconds=f"{ran.seconds:.0f} (without {calm.seconds:.0f})",
        same=ran.ranking == calm.ranking,
        code=ran.code,
    )


def _down(there: Scene, models: list[str], after: int = 4) -> bool:
    few = there.run(there.root / "few", there.words(models=models[:after]))
    asked = len(there.hub.log)

    def pull_the_plug(run: subprocess.Popen[str]) -> None:
        while run.poll() is None and len(there.fetched(asked)) < after:
            time.sleep(0.02)
        there.hub.faults.add(path=".*", status=503, times=None)

    ran = there.run(there.root / "down", there.words(models=models), watch=pull_the_plug)
    there.hub.faults.clear()
    known = len(there.fetched(asked))
    good = (
        ran.code == 3 and after - 1 <= len(ran.rows) < len(models) and "Partial:" in ran.talk.strip().splitlines()[-1]
    )
    return line(
        good,
        f"Hub down after {known} of {len(models)} checkpoints",
        ranked=len(ran.rows),
        code=ran.code,
        seconds=f"{ran.seconds:.0f} ({after} alone {few.seconds:.0f}; 30 of the difference are the one wait)",
    )


if __name__ == "__main__":
    sys.exit(main())

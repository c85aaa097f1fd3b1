"""kill -9 at random moments of a run and of a publication: the same ranking afterwards, and nothing fetched twice.

    python benchmarks/survival_kills.py               # 12 moments of a run, 8 of a publication: half an hour
    python benchmarks/survival_kills.py --moments 3 --publications 1

A run over four tiny checkpoints from a local Hub is killed at a random moment and then run again, each time with caches
of its own. The second run must give the rows of a run that nobody killed, to the last digit, and must fetch no weights
that the first had fetched whole. A publication is killed likewise: after the second the results data set holds one run.
Ends with 1 where anything else came of it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from survival_scene import Scene, line, scene

CHECKPOINTS = 4


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--moments", type=int, default=12)
    parser.add_argument("--publications", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    draw = random.Random(given.seed)
    with scene(CHECKPOINTS) as there:
        place, saved = there.root / "whole", there.root / "whole.json"
        whole = there.run(place, there.words("--out", str(saved)))
        assert whole.code == 0 and len(whole.rows) == CHECKPOINTS, whole.talk
        print(f"nobody killed it: {whole.seconds:.1f} s", flush=True)
        bad = 0
        for number in range(given.moments):
            share = (number + draw.random()) / given.moments  # one in each part of the run
            bad += not _killed(there, number, share * whole.seconds, whole.ranking)
        bad += _publications(there, saved, given.publications, draw)
    print(f"{given.moments + given.publications - bad} of {given.moments + given.publications} kills cost nothing")
    return 1 if bad else 0


def _killed(there: Scene, number: int, seconds: float, wanted: list[tuple[object, ...]]) -> bool:
    place, asked = there.root / f"kill-{number}", len(there.hub.log)
    _kill(there.start(place, there.words()), seconds)
    had = {path.resolve().name for path in (place / "huggingface").rglob("*.safetensors")}
    whole = {
        name
        for name in there.models
        if any((place / "huggingface").rglob(f"*{name.partition('/')[2]}/snapshots/*/*.safetensors"))
    }
    features, scores = (len(list((place / "cache" / kind).rglob("*.*"))) for kind in ("features", "scores"))
    again = len(there.hub.log)
    ran = there.run(place, there.words())
    twice = [name for name in whole if there.fetched(again)[name]]
    good = ran.code == 0 and ran.ranking == wanted and not twice
    return line(
        good,
        f"killed after {seconds:.1f} s",
        weights=len(had),
        features=features,
        scores=scores,
        fetched_in_all=sum(there.fetched(asked).values()),
        twice=len(twice),
        same=ran.ranking == wanted,
        code=ran.code,
    )


def _publications(there: Scene, saved: Path, moments: int, draw: random.Random) -> int:
    """Kill publications; return how many did not end well."""
    place, bad = there.root / "publishing", 0
    began = time.perf_counter()
    done = there.run(place, _publish(saved, "local/whole"))
    assert done.code == 0, done.talk
    seconds = time.perf_counter() - began
    wanted = _published(there, "local/whole")
    for number in range(moments):
        repo, moment = f"local/killed-{number}", (number + draw.random()) / moments * seconds
        _kill(there.start(place, _publish(saved, repo)), moment)
        half = _published(there, repo)
        ran = there.run(place, _publish(saved, repo))
        good = ran.code == 0 and _published(there, repo) == wanted
        bad += not line(
            good, f"publication killed after {moment:.1f} s", rows_then=len(half), rows=len(wanted), code=ran.code
        )
    return bad


def _publish(saved: Path, repo: str) -> list[str]:
    return ["publish", str(saved), "--to", "results", "--results-repo", repo, "--yes", "--format", "json"]


def _published(there: Scene, repo: str) -> list[str]:
    """Return the rows of a results data set, as the Hub gives them, without what names the moment."""
    import pandas as pd
    from huggingface_hub import HfApi

    api = HfApi(endpoint=there.hub.url, token="hf_local")
    if not api.repo_exists(repo, repo_type="dataset") or not api.file_exists(
        repo, "leaderboard.parquet", repo_type="dataset"
    ):
        return []
    table = pd.read_parquet(
        api.hf_hub_download(repo, "leaderboard.parquet", repo_type="dataset", cache_dir=there.root / "look")
    )
    return [json.dumps(row, sort_keys=True, default=str) for row in table.to_dict("records")]


def _kill(running: subprocess.Popen[str], seconds: float) -> None:
    try:
        running.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.kill(running.pid, signal.SIGKILL)
        running.communicate()


if __name__ == "__main__":
    sys.exit(main())

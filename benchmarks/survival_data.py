"""Damaged data of people: 1,000 pictures and 500 tables, each of them a named skip or an error that says why.

    python benchmarks/survival_data.py            # several minutes
    python benchmarks/survival_data.py --quick    # a tenth

Pictures and tables run in processes of their own, which tell what they begin, so that one that crashes, hangs or takes
more memory than it may is named, and the rest goes on. Then three checkpoints are ranked on a folder with and without
damaged pictures in it: the order must be the same, and every row one that ran before. Prints JSON on stdout; the exit
code is 1 where anything went wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from fuzzed import fuzzed_pictures, fuzzed_tables
from probe.pictures import encoded, noise, write

from hubscore.errors import HubscoreError
from hubscore.modalities.image.modality import IMAGE
from hubscore.modalities.stored_items import ItemStore, decode_all
from hubscore.probe.load import load_probe

SECONDS = 60.0
"""That one file may take."""
GIGABYTES = 2.0
"""That a process may take above its libraries."""
SHARE = 0.2
"""Of damaged pictures among sound ones in the ranking."""


def memory() -> float:
    """Return the most memory that this process ever had, in GB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / 1e9


def try_pictures(start: int, count: int) -> None:
    """Decode pictures, telling what becomes of each."""
    store = ItemStore(IMAGE)
    for number, data in enumerate(fuzzed_pictures(count)):
        if number < start:
            continue
        tell(number, "begun")
        (fault,) = decode_all([store.add(data)])
        tell(number, "decoded" if fault is None else "reason" if str(fault) else "no reason")


def try_tables(start: int, count: int) -> None:
    """Read tables, telling what becomes of each."""
    with tempfile.TemporaryDirectory() as name:
        root = write(Path(name), {f"{number:02}.png": encoded(noise(number)) for number in range(12)})
        for number, (file, data) in enumerate(fuzzed_tables(count)):
            if number < start:
                continue
            tell(number, "begun")
            (root / file).write_bytes(data)
            try:
                load_probe(root / file, samples=12)
                tell(number, "read")
            except HubscoreError as error:
                tell(number, "reason" if error.what else "no reason")
            (root / file).unlink()


def tell(number: int, what: str) -> None:
    """Say what became of a file."""
    print(json.dumps([number, what, memory()]), flush=True)


def supervise(kind: str, count: int) -> dict[str, Any]:
    """Run one kind of files to their end, whatever becomes of the processes."""
    found: Counter[str] = Counter()
    bad: list[str] = []
    start, peak, first = 0, 0.0, 0.0
    while start < count:
        log = tempfile.TemporaryFile("w+")
        child = subprocess.Popen(
            [sys.executable, __file__, "--child", kind, str(start), str(count)],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        assert child.stdout is not None
        watchdog = threading.Timer(SECONDS, child.kill)
        watchdog.start()
        number = start
        for line in child.stdout:
            number, what, most = json.loads(line)
            first, peak = first or most, max(peak, most)
            watchdog.cancel()
            watchdog = threading.Timer(SECONDS, child.kill)
            watchdog.start()
            if what != "begun":
                found[what] += 1
        child.wait()
        watchdog.cancel()
        start = count if child.returncode == 0 else number + 1
        if child.returncode:
            found["crashed or hung"] += 1
            log.seek(0)
            last = (log.read().strip().splitlines() or [""])[-1]
            bad.append(f"{kind} {number}: ended with {child.returncode} {last}")
    above = peak - first
    return {**found, "bad": bad, "above_libraries_gb": round(above, 3), "fine": _fine(found, bad) and above < GIGABYTES}


def _fine(found: Counter[str], bad: list[str]) -> bool:
    return not bad and not found["no reason"]


def rank_with_damage(pictures: int) -> dict[str, Any]:
    """Rank three checkpoints on sound pictures, and on the same among damaged ones."""
    import timm
    from timm.models import save_for_hf

    from hubscore import rank

    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        models = []
        for architecture in ("resnet10t", "mobilenetv3_small_050", "efficientvit_b0"):
            folder = root / architecture
            save_for_hf(timm.create_model(architecture, num_classes=10), folder, safe_serialization=True)
            models.append(str(folder))
        sound = {
            f"{kind}/{number:03}.png": encoded(noise(1000 * at + number, (48, 40)))
            for at, kind in enumerate(("cat", "dog"))
            for number in range(pictures // 2)
        }
        store = ItemStore(IMAGE)
        broken = [data for data in fuzzed_pictures(8 * pictures) if next(decode_all([store.add(data)])) is not None]
        damage = {f"{'cat' if at % 2 else 'dog'}/x{at:04}.png": data for at, data in enumerate(broken)}
        few = dict(list(damage.items())[: int(SHARE * pictures)])
        options = {"models": models, "samples": 2 * pictures, "cache_dir": root / "cache"}
        alone = rank(write(root / "alone", sound), **options)
        among = rank(write(root / "among", sound | few), **options)
        same = [row.model for row in alone.rows] == [row.model for row in among.rows]
        apart = max(
            abs(value - there.scores[score]) / max(1.0, abs(value))
            for row in alone.rows
            for there in among.rows
            if there.model == row.model
            for score, value in row.scores.items()
        )
        dropped = len(among.probe.dropped)
        return {
            "damaged": len(few),
            "named": dropped,
            "same_order": same,
            "largest_difference": apart,
            "new_rows": among.record.forward_images,
            "fine": same and among.record.forward_images == 0 and dropped == len(few),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    if options.child:
        kind, start, count = options.child
        (try_pictures if kind == "pictures" else try_tables)(int(start), int(count))
        return
    share = 10 if options.quick else 1
    began = time.perf_counter()
    told = {
        "pictures": supervise("pictures", 1000 // share),
        "tables": supervise("tables", 500 // share),
        "ranking": rank_with_damage(40),
        "seconds": round(time.perf_counter() - began, 1),
    }
    json.dump(told, sys.stdout, indent=1)
    print()
    sys.exit(0 if all(told[part]["fine"] for part in ("pictures", "tables", "ranking")) else 1)  # type: ignore[index]


if __name__ == "__main__":
    main()

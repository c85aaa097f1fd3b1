"""What fewer bits change in a ranking: the zoo over its data sets, in float32 and in each other precision.

    HUBSCORE_ZOO=DIR OMP_NUM_THREADS=1 python benchmarks/precision.py --data scenes6 pets12 --cache DIR

Prints a table on stdout, one line a data set and precision: the largest change of an expected accuracy, Kendall's tau-b
of the two orders, how many of the first three stay among them, and whether the first stays. It runs where torch finds a
device; on a processor autocast computes in bfloat16 and float16 too, so that the ranks tell, and the speed does not.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from scipy.stats import kendalltau

from hubscore import rank

OTHERS = ("bf16", "fp16")
HEADER = "| data set | precision | models | largest change, points | tau-b | of the first three | first |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", nargs="+", default=["scenes6"])
    parser.add_argument("--samples", type=int, default=200)
    parser.add_argument("--cache", type=Path)
    asked = parser.parse_args()
    zoo = Path(os.environ["HUBSCORE_ZOO"])
    models = sorted(str(path.parent) for path in zoo.glob("models/*/*/config.json"))
    print(HEADER, "|---|---|---|---|---|---|---|", sep="\n")
    for name in asked.data:
        made = {
            precision: rank(
                zoo / "datasets" / name,
                models=models,
                samples=asked.samples,
                precision=precision,
                cache_dir=asked.cache,
                device="cpu",
            )
            for precision in ("float32", *OTHERS)
        }
        for precision in OTHERS:
            print(line(name, precision, made["float32"], made[precision]), flush=True)


def line(name: str, precision: str, full, fewer) -> str:
    """Return a line of the table."""
    known, other = ({row.model: row.expected for row in one.rows} for one in (full, fewer))
    both = [model for model in known if model in other]
    change = max(abs(known[model] - other[model]) for model in both)
    order, again = ([row.model for row in one.rows if row.model in both] for one in (full, fewer))
    tau = kendalltau([order.index(model) for model in both], [again.index(model) for model in both]).statistic
    stay = len(set(order[:3]) & set(again[:3]))
    first = "stays" if order[0] == again[0] else "changes"
    return f"| {name} | {precision} | {len(both)} | {100 * change:.2f} | {tau:.3f} | {stay} | {first} |"


if __name__ == "__main__":
    main()

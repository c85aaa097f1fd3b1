"""Memory of a ranking over the number of its networks: 2,048 features and 1,000 logits of 500 rows each.

    python benchmarks/memory.py                         # 1,000 networks; the first 16 are scored in full
    python benchmarks/memory.py --networks 200 --scored 200 --subsamples 5
    python benchmarks/memory.py --networks 60 --scored 60 --scores logme,leep,kernel_probe,kernel_probe_loss

Prints the peak above the libraries, in MB, as the networks come and for the end of the ranking. Each network's arrays
are made, opened and let go as a run does it. After the first ones the scores are theirs with a little noise, for the
time that scoring takes says nothing about memory; `--scored` says how many are computed. The last line is what a
network costs for good: how much more the process holds after the last one than after a third of them.

Measured with 1,000 networks, 6 of them scored, on two cores: 308 MB above the libraries, from the 500th network to the
finished ranking. Their arrays alone would be 6 GB, and 12 GB in float64.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import resource
import sys
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import psutil

from hubscore.ranking.builder import RankingBuilder
from hubscore.ranking.numbers import Numbers, Variants
from hubscore.ranking.request import Request
from hubscore.ranking.score_inputs import ProbeResults
from hubscore.ranking.scorer import Scorer
from hubscore.ranking.scoring import Parts
from hubscore.types import Candidate, Extraction, Probe, Score

ROWS, FEATURES, LOGITS, CLASSES = 500, 2048, 1000, 10


def peak() -> float:
    """Return the most memory that this process has had, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most / 1e3


def held() -> int:
    """Return the bytes that this process holds now, what it has freed given back."""
    gc.collect()
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).malloc_trim(0)
    return int(psutil.Process().memory_info().rss)


def arrays(number: int, labels: np.ndarray) -> Extraction:
    """Return what a network computes."""
    rng = np.random.default_rng(number)
    means = rng.normal(size=(CLASSES, FEATURES)).astype(np.float32)
    features = np.maximum(rng.standard_normal((ROWS, FEATURES), dtype=np.float32) + 0.3 * means[labels], 0)
    logits = rng.standard_normal((ROWS, LOGITS), dtype=np.float32)
    name = f"lab/net{number:04d}"
    return Extraction(key=name, model=name, revision="0" * 40, features={"penultimate": features}, logits=logits)


class Noisy:
    """Knows the scores of the networks after the first ones: theirs, with noise."""

    def __init__(self, scored: int) -> None:
        self.scored, self.known = scored, dict[int, Numbers]()

    def read(self, candidate: Candidate, extractions: Sequence[Extraction], scorer: Scorer) -> Numbers | None:
        """Return a known network's numbers with noise; none of the first networks."""
        number = int(candidate.repo_id[-4:])
        if number < self.scored or not self.known:
            return None
        first = self.known[sorted(self.known)[number % len(self.known)]]
        rng = np.random.default_rng(number)
        return Numbers(
            tuple(_noisy(one, rng) for one in first.probes), tuple(_noisy(one, rng) for one in first.drawn), first.looks
        )

    def write(self, candidate: Candidate, extractions: Sequence[Extraction], scorer: Scorer, numbers: Numbers) -> None:
        """Know the numbers of a network that was scored."""
        self.known[int(candidate.repo_id[-4:])] = numbers


def _noisy(variants: Variants, rng: np.random.Generator) -> Variants:
    def changed(parts: Parts) -> Parts:
        return {
            name: replace(one, value=one.value * (1 - 0.05 * rng.random()))
            if isinstance(one, Score) and one.value is not None
            else one
            for name, one in parts.items()
        }

    return Variants(changed(variants.parts), changed(variants.headless))


def main() -> None:
    """Grow one ranking and print its peaks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", type=int, default=1000)
    parser.add_argument("--scored", type=int, default=16)
    parser.add_argument("--subsamples", type=int, default=0)
    parser.add_argument("--scores", default="all", help="that are computed")
    chosen = parser.parse_args()
    labels = np.arange(ROWS) % CLASSES
    probe = Probe(
        dataset="synthetic",
        config=None,
        split="train",
        revision=None,
        indices=tuple(range(ROWS)),
        labels=labels,
        classes=tuple(map(str, range(CLASSES))),
        target="classification",
        fingerprint="f" * 64,
        seed=0,
    )
    small = Scorer([ProbeResults(probe, {})], Request(), kernels=False)
    tiny = replace(arrays(0, labels), features={"penultimate": np.eye(ROWS, 4, dtype=np.float32)}, logits=None)
    one = small.open(Candidate("lab/net0000", "0" * 40, "timm"), [tiny])
    assert not isinstance(one, tuple)
    small.numbers(one)  # what is imported is imported
    libraries = peak()
    print(f"libraries {libraries:,.0f} MB; peaks above them, in MB:")
    scorer = Scorer(
        [ProbeResults(probe, {})], Request(subsamples=chosen.subsamples, scores=chosen.scores), kernels=False
    )
    third, began = max(1, chosen.networks // 3), 0
    with RankingBuilder(scorer, expected=chosen.networks, store=Noisy(chosen.scored)) as builder:
        for number in range(chosen.networks):
            made = arrays(number, labels)
            builder.add(Candidate(made.model, "0" * 40, "timm", layers=10 + number % 90), [made])
            del made
            if number + 1 == third:
                builder.wait()
                began = held()
            if number + 1 in (2, chosen.scored, 100, 200, 500, chosen.networks):
                print(f"after {number + 1:5d} networks {peak() - libraries:7,.0f}", flush=True)
        builder.wait()
        grown = held() - began
        print(f"all scored           {peak() - libraries:7,.0f}", flush=True)
        ranking = builder.finish()
    print(f"ranking of {len(ranking):5d}     {peak() - libraries:7,.0f}")
    print(f"{grown / max(1, chosen.networks - third):,.0f} bytes more for each of the last {chosen.networks - third}")


if __name__ == "__main__":
    main()

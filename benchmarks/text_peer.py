"""TransformerRanker's three scores, with its defaults, for ``benchmarks/text_truth.py``.

It runs in an environment of its own:

    PEER/bin/python benchmarks/text_peer.py rows.csv out.json FOLDER...

Its default is the H-score of the mean over layers. The other two scores are taken of the same embeddings, as three runs
would: what is timed is one run.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from pathlib import Path
from typing import Any


def main(rows: str, out: str, folders: list[str], *, default_only: bool = False) -> None:
    """Score the checkpoints of some folders."""
    import torch
    import transformer_ranker.ranker as peer
    from datasets import Dataset, disable_progress_bars

    disable_progress_bars()
    torch.set_num_threads(1)
    began, cpu = time.perf_counter(), time.process_time()
    data = Dataset.from_csv(rows).class_encode_column("label")  # it takes numbers
    ranker = peer.TransformerRanker(data, text_column="text", label_column="label")
    scores = {"hscore": dict(ranker.run(folders).scores)}
    taken = {
        "seconds": time.perf_counter() - began,
        "cpu_seconds": time.process_time() - cpu,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    if default_only:
        return
    kept: dict[str, Any] = {}
    plain = peer.Embedder.embed

    def embed_once(self: Any, *args: Any, **options: Any) -> Any:
        if self.name not in kept:
            kept[self.name] = plain(self, *args, **options)
        return kept[self.name]

    peer.Embedder.embed = embed_once
    for name in ("logme", "knn"):
        scores[name] = dict(ranker.run(folders, estimator=name).scores)
    by_model = {name: {Path(model).name: value for model, value in found.items()} for name, found in scores.items()}
    Path(out).write_text(json.dumps({"scores": by_model, "rows": len(ranker.texts), **taken}, indent=1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("rows", help="a table with the columns text and label")
    parser.add_argument("out", help="where to write, JSON")
    parser.add_argument("folders", nargs="+", help="checkpoints")
    parser.add_argument("--default-only", action="store_true", help="one run, which writes nothing: to be timed")
    given = parser.parse_args()
    main(given.rows, given.out, given.folders, default_only=given.default_only)

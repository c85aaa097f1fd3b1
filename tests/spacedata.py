"""Results to show in the tests and screenshots of the Space: rankings of made-up networks, in the layout that
publishing writes.
"""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

import numpy as np
from aboutdata import BIRDS, LEAVES, about, write_pictures

from hubscore.publish.results import write_results
from hubscore.ranking.agreement import kendall
from hubscore.scores.info import SCORES
from hubscore.types import (
    Agreement,
    ExpectedAccuracies,
    ProbeDescription,
    Ranking,
    Row,
    RunRecord,
    ScoreDescription,
    Skipped,
)

SCORE_NAMES = (
    "leep",
    "nce",
    "nleep",
    "h_score",
    "logme",
    "transrate",
    "gbc",
    "sfda",
    "parc",
    "knn",
    "logistic",
    "energy",
    "pactran_gauss",
)
FAMILIES = ("resnet", "vit", "convnext", "efficientnet", "mobilenetv3", "swin", "deit", "regnet")
LICENSES = ("apache-2.0", "mit", None, "cc-by-nc-4.0")
EVIL = '<img src=x onerror="window.hurt=1">${window.hurt=1}{{constructor}}<script>window.hurt=1</script>\u202e`'
"""What a stranger may have put into a name."""


def example_ranking(
    dataset: str = "user/birds",
    models: int = 24,
    *,
    seed: int = 0,
    date: str = "2026-11-18T09:30:00+00:00",
    by_size: bool = False,
    fingerprint: str | None = None,
) -> Ranking:
    """A ranking of networks whose scores follow a hidden quality with noise; ``by_size`` makes size that quality."""
    rng = np.random.default_rng(seed)
    parameters = np.round(10 ** rng.uniform(6.1, 8.5, models)).astype(int)
    quality = np.argsort(np.argsort(parameters)) / models if by_size else rng.uniform(size=models)
    raw = {name: quality + rng.normal(scale=0.05 if by_size else 0.14, size=models) for name in SCORE_NAMES}
    consensus = np.mean([np.argsort(np.argsort(values)) / (models - 1) for values in raw.values()], axis=0)
    rows = [_row(i, models, dataset, parameters, raw, consensus, rng) for i in range(models)]
    rows = _ranked(rows)
    described = {name: _describe(name) for name in SCORE_NAMES}
    baselines = {name: [row.baselines[name] for row in rows] for name in ("size", "downloads", "capacity", "random")}
    order = np.array([row.consensus for row in rows], dtype=float)
    signs = {name: -1 if SCORES.get(name).direction == "lower" else 1 for name in SCORE_NAMES}
    columns = {name: np.array([row.scores.get(name, np.nan) * sign for row in rows]) for name, sign in signs.items()}
    between = {a: {b: kendall(columns[a], columns[b]) for b in SCORE_NAMES} for a in SCORE_NAMES}
    taus = {name: kendall(order, np.array(values, dtype=float)) for name, values in baselines.items()}
    return Ranking(
        rows=tuple(rows),
        skipped=(Skipped("lab/broken", "its weights are damaged"),),
        probe=ProbeDescription.from_json(
            {
                "dataset": dataset,
                "config": None,
                "split": "train",
                "revision": f"{seed:x}".rjust(40, "a"),
                "samples": 500,
                "classes": ["a", "b", "c"],
                "fingerprint": fingerprint or f"{seed:x}".rjust(64, "f"),
                "target": "classification",
                "indices": [0, 1],
            }
        ),
        agreement=Agreement(between, taus),
        scores=described,
        record=RunRecord.from_json({"date": date, "versions": {"hubscore": "0.1.0"}}),
    )


def _row(
    i: int,
    models: int,
    dataset: str,
    parameters: np.ndarray,
    raw: dict[str, np.ndarray],
    consensus: np.ndarray,
    rng: np.random.Generator,
) -> Row:
    family = FAMILIES[i % len(FAMILIES)]
    headless = i % 7 == 3
    values = {
        name: float(3 - column[i] * 2 if SCORES.get(name).direction == "lower" else column[i] * 2 - 1)
        for name, column in raw.items()
    }
    gone = {name: "the checkpoint has no source head" for name in ("leep", "nce") if headless}
    kept = {name: value for name, value in values.items() if name not in gone}
    middle, owner, kind = (
        float(consensus[i]),
        ("timm", "lab", "facebook")[i % 3],
        "small" if parameters[i] < 2e7 else "base",
    )
    return Row(
        rank=1,
        model=f"{owner}/{family}_{kind}_{i:02d}.in1k",
        revision=f"{i:x}".rjust(40, "0"),
        library=("timm", "transformers")[i % 4 == 1],
        parameters=int(parameters[i]),
        license=LICENSES[i % 4],
        scores=kept,
        undefined=gone,
        consensus=middle,
        consensus_ci=(max(0.0, middle - 0.07), min(1.0, middle + 0.07)),
        score_sd=dict.fromkeys(kept, 0.05),
        score_ci={name: (value - 0.1, value + 0.1) for name, value in kept.items()},
        baselines={
            "size": float(parameters[i]),
            "downloads": float(rng.integers(10, 10**6)),
            "capacity": float(18 + i % 5 * 20),
            "random": float(rng.uniform()),
        },
        layers=18 + i % 5 * 20,
        bytes=int(parameters[i]) * 4,
        family=family,
        seconds=2.5 + i,
    )


def _ranked(rows: list[Row]) -> list[Row]:
    """Put rows in order; those less than 0.05 below the first of their group share its rank."""
    from dataclasses import replace

    ordered, group, first, done = sorted(rows, key=lambda row: -(row.consensus or 0)), 0, 2.0, []
    for place, row in enumerate(ordered, 1):
        if first - (row.consensus or 0) > 0.05:
            group, first, rank = group + 1, row.consensus or 0, place
        done.append(replace(row, rank=rank, tie_group=group, rank_ci=(max(1, rank - 2), min(len(rows), rank + 3))))
    return done


def foreseen(ranking: Ranking) -> Ranking:
    """The ranking in the order of made-up expected accuracies; the last model has none."""
    from dataclasses import replace

    rows = []
    for place, row in enumerate(ranking.rows):
        middle = 0.9 - 0.02 * place
        told = replace(row, expected=middle, expected_ci=(middle - 0.1, middle + 0.06), p_best=0.5 ** (place + 1))
        rows.append(replace(told, shortlist=place < 4))
    rows[-1] = replace(rows[-1], expected=None, expected_ci=None, p_best=None)
    truth = "if fine-tuned on about 300 images as in docs/truth.md"
    known = ExpectedAccuracies(truth, 0.9, 0.9, 4000, ("50 rows: the interval is wider",), text="How they are made.")
    record = replace(ranking.record, ordered_by="expected accuracy", expected=known)
    return replace(ranking, rows=tuple(rows), record=record)


def _describe(name: str) -> dict[str, object]:
    info = SCORES.get(name)
    words = {"measures": info.measures, "misleads": info.misleads, "reading": info.reading}
    facts = {
        "title": info.title,
        "direction": info.direction,
        "range": info.range,
        "paper": info.paper,
        "family": info.family,
    }
    return {**facts, "options": dict(info.options), "plain_words": words, "checked_against": info.checked_against}


def evil_ranking() -> Ranking:
    """A ranking whose every string is hostile."""
    from dataclasses import replace

    plain = example_ranking("evil/data", 8, seed=9)
    rows = tuple(
        replace(row, model=EVIL + str(i), license=EVIL, family=EVIL, undefined={"leep": EVIL})
        for i, row in enumerate(plain.rows)
    )
    words = ScoreDescription(title=EVIL, range=EVIL, paper=EVIL, plain_words={"measures": EVIL})
    rows = tuple(replace(row, scores={**row.scores, EVIL: row.rank / 10}) for row in rows)
    return replace(
        plain, rows=rows, probe=replace(plain.probe, dataset=EVIL, split=EVIL), scores={**plain.scores, EVIL: words}
    )


def write_example(folder: Path) -> Path:
    """Write results with three data sets, two probes of one of them, a model map and attribution maps; of two
    of them what they are about, of one pictures.
    """
    rankings = [
        example_ranking("user/leaves", 12, seed=3, date="2026-10-02T08:00:00+00:00", by_size=True),
        example_ranking("user/birds", 6, seed=0, date="2026-11-01T08:00:00+00:00", fingerprint="e" * 64),
        example_ranking("lab/minerals", 9, seed=5, date="2026-11-10T08:00:00+00:00"),
        example_ranking("user/birds", 24, seed=0),
    ]
    told = [about(rankings[0], LEAVES), *rankings[1:3], about(rankings[3], BIRDS, pictures=6)]
    write_results(folder, told)
    write_pictures(folder, rankings[3])
    write_map(folder / "maps" / "birds.json", rankings[-1])
    return folder


def write_map(path: Path, ranking: Ranking) -> None:
    """Write a model map with attribution maps, as the page reads it."""
    from scipy.cluster.hierarchy import linkage
    from scipy.spatial.distance import pdist, squareform

    rng = np.random.default_rng(1)
    names = [row.model for row in ranking.rows]
    centres = {family: rng.normal(size=2) * 2 for family in FAMILIES}
    points = np.array([centres[row.family or ""] + rng.normal(scale=0.4, size=2) for row in ranking.rows])
    pictures = {name: [picture(rng) for _ in range(4)] for name in names[:6]}
    content = {
        "title": "attribution distance on user/birds",
        "similarity": "attribution",
        "kind": "distance",
        "models": names,
        "families": [row.family for row in ranking.rows],
        "fingerprint": ranking.probe.fingerprint,
        "dataset": "user/birds",
        "matrix": squareform(pdist(points)).tolist(),
        "linkage": linkage(points, "average").tolist(),
        "coordinates": points.tolist(),
        "attributions": pictures,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def picture(rng: np.random.Generator) -> str:
    """A smooth random picture as a data address."""
    from PIL import Image, ImageOps

    small = Image.fromarray((rng.uniform(size=(5, 5)) ** 3 * 255).astype(np.uint8)).resize(
        (64, 64), Image.Resampling.BICUBIC
    )
    buffer = io.BytesIO()
    ImageOps.colorize(small, "#10131a", "#ffe9b0", mid="#c25a1e").save(buffer, "PNG")
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"

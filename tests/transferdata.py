"""Rankings of three models on two data sets, over two probes each, and what fine-tuning gave."""

from hubscore.types import ProbeDescription, Ranking, Row, RunRecord, ScoreDescription

MODELS = ("lab/a", "lab/b", "lab/c", "lab/d")
TRUTH = (
    "model,architecture,source,target,accuracy\n"
    "lab/a,vit,photos,birds,0.9\nlab/b,cnn,photos,birds,0.8\nlab/c,vit,scans,birds,0.6\nlab/d,cnn,birds,birds,0.99\n"
    "lab/a,vit,photos,cars,0.5\nlab/b,cnn,photos,cars,0.6\nlab/c,vit,scans,cars,0.7\nlab/d,cnn,birds,cars,0.3\n"
)


def ranked(dataset: str, probe: int, values: dict[str, float]) -> Ranking:
    """A ranking with one score, a loss that is its negative, and a baseline."""
    rows = tuple(
        Row(
            rank=place,
            model=model,
            revision="a" * 40,
            library="timm",
            consensus=value / 10,
            scores={"logme": value, "kernel_probe_loss": -value},
            baselines={"size": float(place)},
            seconds=2.0,
        )
        for place, (model, value) in enumerate(values.items(), 1)
    )
    about = ProbeDescription(dataset=dataset, fingerprint=f"{dataset} {probe}", seed=probe)
    scores = {"logme": ScoreDescription(), "kernel_probe_loss": ScoreDescription(direction="lower")}
    record = RunRecord(date=f"2026-11-20T12:0{probe}:00+00:00", milliseconds={"logme": 8.0, "kernel_probe_loss": 4.0})
    return Ranking(rows=rows, skipped=(), probe=about, scores=scores, record=record)


def rankings() -> list[Ranking]:
    """Birds are ordered as they are, cars the other way round on the second probe."""
    right, wrong = (1.0, 2.0, 3.0, 0.5), (3.0, 2.0, 1.0, 4.0)
    return [
        ranked("user/Birds", 0, dict(zip(MODELS, (3.0, 2.0, 1.0, 9.0), strict=True))),
        ranked("user/Birds", 1, dict(zip(MODELS, (3.0, 2.0, 1.0, 9.0), strict=True))),
        ranked("local/cars", 0, dict(zip(MODELS, right, strict=True))),
        ranked("local/cars", 1, dict(zip(MODELS, wrong, strict=True))),
    ]

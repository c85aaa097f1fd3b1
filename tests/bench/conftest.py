import pytest

from hubscore.types import ProbeDescription, Ranking, Row, ScoreDescription

NAMES = ("lab/best", "lab/good", "lab/fair", "lab/poor")


@pytest.fixture
def ranking() -> Ranking:
    """Four models in their true order; ``wrong`` reverses it, ``loss`` is right with lower better, ``partial`` lacks
    one model.
    """
    rows = tuple(
        Row(
            rank=number + 1,
            model=name,
            revision="a" * 40,
            library="timm",
            consensus=0.9 - number / 5,
            scores={
                "right": 4.0 - number,
                "wrong": float(number),
                "loss": float(number),
                **({"partial": 1.0 * number} if number else {}),
            },
            undefined={} if number else {"partial": "no source head"},
            baselines={"size": (3.0, 4.0, 2.0, 1.0)[number], "downloads": 0.0, "heuristic": None},
        )
        for number, name in enumerate(NAMES)
    )
    scores = {
        name: ScoreDescription(direction="lower" if name == "loss" else "higher") for name in ("right", "wrong", "loss")
    }
    return Ranking(rows=rows, skipped=(), probe=ProbeDescription(dataset="user/birds"), scores=scores)

"""Ground truth made from known coefficients: what a fit must find again."""

import numpy as np

from hubscore.calibration.pairs import Pairs
from hubscore.calibration.predict import design
from hubscore.calibration.scale import to_accuracy

KNOWN = np.array([0.12, 0.9, 0.07, -0.03])


def simulated(*, datasets=9, models=26, between=0.05, within=0.07, seed=0, families=6):
    """Pairs whose accuracies follow the formula with these errors."""
    draw = np.random.default_rng(seed)
    classes = np.repeat(draw.choice([5, 6, 7, 10, 12, 20], datasets), models).astype(float)
    skill = np.tile(draw.normal(0, 0.08, models), datasets) + np.repeat(draw.uniform(0.55, 1.15, datasets), models)
    probe = np.clip(skill + draw.normal(0, 0.03, len(skill)), 0.2, 1.5)
    accuracy = np.sin(probe) ** 2
    loss = np.log(classes) * (1 - np.clip(probe / 1.6 + draw.normal(0, 0.06, len(probe)), 0.02, 0.98))
    shared = np.repeat(draw.normal(0, between, datasets), models)
    angle = design(accuracy, loss, classes) @ KNOWN + shared + draw.normal(0, within, len(probe))
    return Pairs(
        truth=to_accuracy(angle),
        accuracy=accuracy,
        loss=loss,
        classes=classes,
        samples=np.full(len(probe), 400.0),
        target=np.repeat([f"set{n}" for n in range(datasets)], models),
        model=np.tile([f"lab/{n}" for n in range(models)], datasets),
        family=np.tile([f"family{n % families}" for n in range(models)], datasets),
    )

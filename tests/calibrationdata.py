"""Ground truth made from known coefficients: what a fit must find again."""

import numpy as np

from hubscore.calibration.pairs import Pairs
from hubscore.calibration.predict import formula
from hubscore.calibration.record import Fit
from hubscore.calibration.scale import to_accuracy

KNOWN = Fit(0.05, 0.9, 0.2, -0.01, 0.5, 0.6, sd_between=0.0, sd_within=0.0, datasets=0)


def simulated(*, datasets=9, models=26, between=0.05, within=0.07, seed=0, families=6):
    """Pairs whose accuracies follow the formula with these errors."""
    draw = np.random.default_rng(seed)
    classes = np.repeat(draw.choice([5, 6, 7, 10, 12, 20], datasets), models).astype(float)
    skill = np.tile(draw.normal(0, 0.08, models), datasets) + np.repeat(draw.uniform(0.55, 1.15, datasets), models)
    probe = np.clip(skill + draw.normal(0, 0.03, len(skill)), 0.2, 1.5)
    accuracy = np.sin(probe) ** 2
    loss = np.log(classes) * (1 - np.clip(probe / 1.6 + draw.normal(0, 0.06, len(probe)), 0.02, 0.98))
    shared = np.repeat(draw.normal(0, between, datasets), models)
    parts = [slice(first, first + models) for first in range(0, len(probe), models)]
    known = np.concatenate([formula(KNOWN, accuracy[own], loss[own], int(classes[own][0])) for own in parts])
    angle = known + shared + draw.normal(0, within, len(probe))
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

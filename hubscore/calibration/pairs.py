"""Ground truth as arrays: one entry for every model that was fine-tuned on a data set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from hubscore.calibration.scale import to_angle
from hubscore.numerics.workspace import Floats


@dataclass(frozen=True, eq=False)
class Pairs:
    """Evidence and truth of pairs of a model and a data set, all of shape (pairs,).

    Attributes:
        truth: accuracies after fine-tuning, 0 to 1.
        accuracy: of the probes.
        loss: of the probes, in nats.
        classes: of the data set.
        samples: rows of the probe.
        target: names of the data sets.
        model: names of the models.
        family: names of the models' families.
    """

    truth: Floats
    accuracy: Floats
    loss: Floats
    classes: Floats
    samples: Floats
    target: NDArray[np.str_]
    model: NDArray[np.str_]
    family: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.truth)

    @property
    def angle(self) -> Floats:
        """Angles of the truth, arcsin sqrt(accuracy)."""
        return to_angle(self.truth)

    @property
    def targets(self) -> Sequence[str]:
        """Names of the data sets, each once, in alphabetical order."""
        return [str(name) for name in np.unique(self.target)]

    def at(self, chosen: NDArray[np.bool_]) -> Self:
        """Return some of the pairs."""
        return replace(self, **{one.name: getattr(self, one.name)[chosen] for one in fields(self)})

    def by_target(self) -> Iterator[tuple[str, NDArray[np.bool_]]]:
        """Yield the data sets, and which pairs are theirs."""
        return groups(self.target)

    def by_family(self) -> Iterator[tuple[str, NDArray[np.bool_]]]:
        """Yield the families, and which pairs are theirs."""
        return groups(self.family)


def groups(names: NDArray[np.str_]) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Yield names, each once, and where they stand."""
    for name in np.unique(names):
        yield str(name), names == name

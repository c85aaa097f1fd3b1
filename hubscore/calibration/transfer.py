"""One line of a transfer table: what a model's probe said on a data set, and what fine-tuning gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Transfer:
    """A model on a data set; none where a table does not say.

    Attributes:
        model: its name.
        target: name of the data set.
        source: of the model's own training data.
        accuracy: after fine-tuning, 0 to 1.
        standard_error: of the accuracy.
        input_size: pixels per side.
        family: architecture family.
        classes: of the data set.
        samples: rows of the probe.
        scores: of the kernel probes, by name.
        modality: kind of input of the data set.
        fingerprints: of probes of the data set: the same rows under another name have the same one.
    """

    model: str
    target: str
    source: str | None = None
    accuracy: float | None = None
    standard_error: float | None = None
    input_size: float | None = None
    family: str | None = None
    classes: int | None = None
    samples: int | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    modality: str | None = None
    fingerprints: tuple[str, ...] = ()

    @property
    def own(self) -> bool:
        """Whether the data set is what the model was trained on."""
        return self.source is not None and self.source == self.target

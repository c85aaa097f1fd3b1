"""Rows of numbers as a modality of hubscore."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from hubscore.modalities.base import Modality

if TYPE_CHECKING:
    import numpy as np
    import torch

    from hubscore.candidates.repo_info import RepoInfo

MODEL_TYPE = "numbers_perceptron"


class Numbers(Modality):
    """A column of lists of floats, all equally long."""

    name = "numbers"
    nouns = ("row of numbers", "rows of numbers")
    tasks = ("tabular-classification", "tabular-regression")
    column_names = ("numbers", "features", "values", "x")
    loaders: Mapping[str, str] = MappingProxyType({"numbers": "hubscore_numbers.perceptron"})

    # Rows of a data set

    def is_input(self, feature: object) -> bool:
        """Whether a column holds lists of floats."""
        from datasets import List, Value

        inner = feature.feature if isinstance(feature, List) else None
        return isinstance(inner, Value) and inner.dtype.startswith("float")

    def encode(self, value: Any) -> bytes:
        """Return a row as the bytes of its float64 numbers."""
        import numpy as np

        numbers = np.asarray(value, dtype="<f8")
        if numbers.ndim != 1 or not len(numbers) or not np.isfinite(numbers).all():
            raise ValueError("not a list of finite numbers")
        return numbers.tobytes()

    def decode(self, data: bytes) -> np.ndarray:
        """Return the numbers of a row."""
        import numpy as np

        return np.frombuffer(data, dtype="<f8")

    # Checkpoints

    def library_of(self, info: RepoInfo) -> str | None:
        """Return ``numbers`` for a perceptron of this package."""
        return "numbers" if info.config.get("model_type") == MODEL_TYPE else None

    # Networks

    def example(self, spec: Mapping[str, Any]) -> dict[str, torch.Tensor]:
        """Return one row of small numbers."""
        import torch

        return {"numbers": torch.linspace(-1, 1, spec["width"])[None]}

    def packages(self, library: str) -> tuple[str, ...]:
        """Return this package: another version may compute other numbers."""
        return ("hubscore-numbers",)

    def collate(self, prepared: Sequence[torch.Tensor]) -> Iterator[tuple[dict[str, torch.Tensor], Sequence[int]]]:
        """Yield all rows as one batch."""
        import torch

        yield {"numbers": torch.stack(list(prepared))}, range(len(prepared))


NUMBERS = Numbers()

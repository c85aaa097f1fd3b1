"""How the layers of a network are compared, declared once for `hubscore layers` and Python's `rank_layers`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from hubscore.errors import UsageError
from hubscore.run.keywords import Options, option
from hubscore.run.options import EVIDENCE, WORD


@dataclass(frozen=True, kw_only=True)
class LayerOptions(Options):
    """Which layers are compared, and by what: scores of labels, or a network that was trained on the target task.

    Raises:
        UsageError: labels and a target network at once, or an option that does not go with what decides.

    Example:
        >>> LayerOptions(layers="layer1, layer3").names
        ('layer1', 'layer3')
    """

    parameter: ClassVar[str] = "layer"

    layers: str | Sequence[str] = option(
        "blocks", "Blocks, every layer, or these modules.", "--layers", str, EVIDENCE, "blocks|all|NAME,..."
    )
    scores: str | Sequence[str] | None = option(
        None, "Of labels; parc,logme,h_score@32,knn by default.", "--scores", WORD, EVIDENCE, "NAME,..."
    )
    target_network: str | None = option(
        None, "One trained on your task: DEPARA, without labels.", "--target-network", WORD, EVIDENCE, "ID"
    )
    lambda_: float | None = option(
        None,
        "Weight of DEPARA's edges; 1 by default, 10 for few images.",
        "--lambda",
        float | None,
        EVIDENCE,
        "X",
    )
    nodes: Literal["default", "released"] | None = option(
        None, "DEPARA's: default (Eq. 3), or as its code has them.", "--nodes", WORD, EVIDENCE, "default|released"
    )
    map_size: int = option(
        64,
        "Pixels per side of DEPARA's maps; 0: the images' own.",
        "--map-size",
        int,
        EVIDENCE,
        "N",
        min=0,
        needs="target_network",
    )

    def __post_init__(self) -> None:
        if self.map_size < 0:
            raise UsageError(
                f"Maps cannot have {self.map_size} cells per side",
                "one is the least",
                "--map-size 64, or 0 for the images' own size",
            )
        super().__post_init__()
        if self.target_network is None and self.lambda_ is not None:
            raise UsageError(
                "--lambda has nothing to weigh",
                "it is DEPARA's, which needs a target network",
                "--target-network ID",
                options=("lambda_",),
            )
        if self.nodes not in (None, "default", "released"):
            raise UsageError(
                f"Unknown nodes {self.nodes!r}", "there are default (Eq. 3) and released (the code)", "--nodes default"
            )
        if self.target_network is None and self.nodes is not None:
            raise UsageError(
                "--nodes has nothing to read",
                "they are DEPARA's, which needs a target network",
                "--target-network ID",
                options=("nodes",),
            )
        if self.target_network is not None and self.scores is not None:
            why = "labels or a network of the target task decide, not both"
            raise UsageError(
                "--scores and --target-network exclude each other",
                why,
                "drop one",
                options=("scores", "target_network"),
            )

    @property
    def names(self) -> str | tuple[str, ...]:
        """``blocks``, ``all``, or the names of modules."""
        if self.layers in ("blocks", "all"):
            return str(self.layers)
        words = self.layers.split(",") if isinstance(self.layers, str) else self.layers
        return tuple(word.strip() for word in words if word.strip())

    @property
    def weight(self) -> float:
        """Of DEPARA's edges."""
        return 1.0 if self.lambda_ is None else self.lambda_

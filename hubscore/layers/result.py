"""What a selection of layers says: the curve, the layer to transfer, and what to freeze."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hubscore.types import Json

RULE = (
    "the layer with the highest mean percentile over {scores}; of equal ones the deeper; an undefined score counts as"
    " the lowest, and one that is undefined for every layer does not count. This is an estimate: nothing was fine-tuned"
)
CAUTION = (
    "It says where features carry most if all behind them is new. Where the layers behind keep their weights and are"
    " trained on, freeze less if you can afford it: in the runs of docs/layers.md that reached about as much, or more"
)


@dataclass(frozen=True)
class Layer:
    """One layer of the curve.

    Attributes:
        name: of the module.
        kind: its class.
        width: features after the mean over positions.
        parameters: how many lie before the cut behind it.
        scores: by name; what is undefined is missing.
        undefined: why, by name.
        percentile: mean over the deciding scores, 0 to 1, higher is better; none where there is none.
        freeze: beginnings of the names of all parameters up to and including it.
        clean: whether everything behind it depends on the images through it alone.
    """

    name: str
    kind: str
    width: int
    parameters: int
    scores: Mapping[str, float]
    undefined: Mapping[str, str]
    percentile: float | None
    freeze: tuple[str, ...]
    clean: bool

    def to_json(self) -> Json:
        """Return plain values."""
        return {
            **vars(self),
            "scores": dict(self.scores),
            "undefined": dict(self.undefined),
            "freeze": list(self.freeze),
        }


@dataclass(frozen=True)
class LayerSelection:
    """The layers of a network, in the order in which they are done, and which of them to transfer.

    Attributes:
        model: its ``repo_id``.
        revision: its commit, or the hash of a folder.
        layers: from the images to the representation.
        decided_by: scores whose percentiles are averaged.
        directions: of every score, ``higher`` or ``lower``.
        method: ``labels`` or ``depara``.
        recommended: name of a layer, or none where no score is defined.
        record: data set, images, target network, lambda, seed, versions; all that it takes to do it again.
        notes: what must be said with it.
        forward_images: images that went through the network.
    """

    model: str
    revision: str
    layers: tuple[Layer, ...]
    decided_by: tuple[str, ...]
    directions: Mapping[str, str]
    method: str
    recommended: str | None
    record: Json
    notes: tuple[str, ...]
    forward_images: int

    @property
    def best(self) -> Layer | None:
        """The recommended layer."""
        return next((layer for layer in self.layers if layer.name == self.recommended), None)

    @property
    def rule(self) -> str:
        """How the recommended layer is chosen, in words."""
        return RULE.format(scores=", ".join(self.decided_by) or "no score")

    @property
    def freeze(self) -> tuple[str, ...]:
        """Beginnings of the names of all parameters up to and including the recommended layer."""
        return () if self.best is None else self.best.freeze

    @property
    def snippet(self) -> str:
        """Two lines of Python that freeze them."""
        return snippet(self.freeze)

    def curve(self, score: str) -> list[float | None]:
        """Return a score's values, one per layer; none where undefined."""
        return [layer.scores.get(score) for layer in self.layers]

    def to_json(self) -> Json:
        """Return plain values."""
        return {
            "schema": 1,
            "model": self.model,
            "revision": self.revision,
            "method": self.method,
            "recommended": self.recommended,
            "estimate": True,
            "rule": self.rule,
            "caution": CAUTION,
            "freeze": list(self.freeze),
            "snippet": self.snippet,
            "decided_by": list(self.decided_by),
            "directions": dict(self.directions),
            "layers": [layer.to_json() for layer in self.layers],
            "record": dict(self.record),
            "notes": list(self.notes),
            "forward_images": self.forward_images,
        }

    def rows(self) -> list[dict[str, Any]]:
        """Return the curve as flat rows, one per layer; ``None`` where a score is undefined."""
        names = list(dict.fromkeys(name for layer in self.layers for name in (*layer.scores, *layer.undefined)))
        return [
            {
                "layer": layer.name,
                "kind": layer.kind,
                "width": layer.width,
                "parameters": layer.parameters,
                **{name: layer.scores.get(name) for name in names},
                "percentile": layer.percentile,
                "recommended": layer.name == self.recommended,
            }
            for layer in self.layers
        ]


def snippet(freeze: tuple[str, ...]) -> str:
    """Return two lines of PyTorch that freeze parameters by the beginnings of their names; nothing without any."""
    if not freeze:
        return ""
    listed = "".join(f"{name!r}, " for name in freeze)
    return (
        f"frozen = ({listed.rstrip()})\n"
        "for name, parameter in model.named_parameters(): parameter.requires_grad_(not name.startswith(frozen))"
    )

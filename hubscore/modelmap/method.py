"""What the networks of a map are compared by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from hubscore.errors import UsageError
from hubscore.similarity.depara import check_lambda
from hubscore.similarity.info import SIMILARITIES
from hubscore.types import Json

ATTRIBUTIONS = ("saliency", "gradient_x_input", "epsilon_lrp")
MAP_SIZE = 64
NODES, EDGES = "depara_nodes", "depara_edges"
DEFAULTS: Mapping[str, Mapping[str, Any]] = {"pwcca": {"variance": 0.99}}
"""Options that a map sets: all directions of a wide network would need thousands of images."""


@dataclass(frozen=True)
class Method:
    """How a map compares networks.

    Attributes:
        name: a comparison of :data:`hubscore.similarity.info.SIMILARITIES`.
        attribution: which maps; empty where none are needed.
        objective: what the maps explain: the mean of the representation, or its length (DEPARA, Eq. 3).
        map_size: pixels per side of the maps, at most; 0 keeps the images' own size.
        lambda_: weight of DEPARA's edges.
        options: of the comparison, by name.
        reading: of saliency maps: ``released``, the gradient of all units together, or ``printed``, the mean of each
            one's own.
    """

    name: str
    attribution: str = ""
    objective: Literal["mean", "norm"] = "mean"
    map_size: int = MAP_SIZE
    lambda_: float = 1.0
    options: Mapping[str, Any] = field(default_factory=dict)
    reading: Literal["released", "printed"] = "released"

    @property
    def terms(self) -> dict[str, float]:
        """The tables whose weighted sum is the similarity; DEPARA keeps nodes and edges apart, so that lambda can
        change.
        """
        return {NODES: 1.0, EDGES: self.lambda_} if self.name == "depara" else {self.name: 1.0}

    @property
    def needs_maps(self) -> bool:
        """Whether networks are compared by maps."""
        return bool(self.attribution)

    @property
    def needs_features(self) -> bool:
        """Whether networks are compared by features."""
        return any(SIMILARITIES.get(term).inputs == "features" for term in self.terms)

    @property
    def best(self) -> float:
        """The similarity of a network to itself."""
        return sum(self.terms.values())

    @property
    def words(self) -> str:
        """The method as people read it."""
        by = f" of {self.attribution.replace('_', ' ')} maps" if self.name == "attribution" else ""
        by += ", as printed" if self.reading == "printed" else ""
        weight = f", lambda = {self.lambda_:g}" if self.name == "depara" else ""
        chosen = "".join(f", {key} = {value}" for key, value in self.options.items())
        return f"{SIMILARITIES.get(self.name).title.removeprefix('The ')}{by}{weight}{chosen}"

    def to_json(self) -> Json:
        """Return plain values for the manifest."""
        return {
            "name": self.name,
            "attribution": self.attribution,
            "objective": self.objective,
            "map_size": self.map_size,
            "lambda": self.lambda_,
            "options": dict(self.options),
            "reading": self.reading,
        }

    @classmethod
    def from_json(cls, data: Json) -> Method:
        """Undo :meth:`to_json`."""
        return cls(
            data["name"],
            data["attribution"],
            data["objective"],
            data["map_size"],
            data["lambda"],
            data["options"],
            data.get("reading", "released"),
        )


def choose_method(
    name: str = "attribution",
    *,
    attribution: str | None = None,
    lambda_: float | None = None,
    map_size: int = MAP_SIZE,
    reading: str | None = None,
    **options: Any,
) -> Method:
    """Return a method whose parts fit together.

    Args:
        name: a comparison that takes two networks.
        attribution: ``saliency``, ``gradient_x_input`` or ``epsilon_lrp``; DEPARA's nodes are gradient x input by
            definition.
        lambda_: weight of DEPARA's edges, 1 by default.
        map_size: pixels per side of the maps, at most.
        reading: of saliency maps, ``released`` (the default) or ``printed``.
        **options: of the comparison.

    Raises:
        UsageError: an unknown name, or a choice that the method does not have.

    Example:
        >>> choose_method("depara", lambda_=10).words
        'DEPARA, lambda = 10'
    """
    info = SIMILARITIES.get(name)
    if info.inputs == "fisher":
        raise UsageError(
            f"A map cannot be made by {name}", "it compares data sets, not networks", "--method attribution"
        )
    by_maps = info.inputs in ("maps", "both")
    kinds = ATTRIBUTIONS if name == "attribution" else ("gradient_x_input",) if by_maps else ()
    if attribution is not None and attribution not in kinds:
        why = f"it takes {' or '.join(kinds)}" if kinds else "it compares features and uses no maps"
        raise UsageError(
            f"--method {name} does not go with --attribution {attribution}",
            why,
            "leave --attribution out",
            options=("attribution", "method"),
        )
    if lambda_ is not None and name != "depara":
        raise UsageError(
            f"--method {name} has no lambda",
            "only depara weighs nodes and edges",
            "leave --lambda out",
            options=("lambda_", "method"),
        )
    if map_size != MAP_SIZE and not by_maps:
        raise UsageError(
            f"--method {name} does not go with --map-size",
            "it compares features and uses no maps",
            "leave --map-size out",
            options=("map_size", "method"),
        )
    weight = 1.0 if lambda_ is None else lambda_
    check_lambda(weight)
    _check_reading(reading, attribution or (kinds[0] if kinds else ""))
    unknown = set(options) - set(info.options)
    if unknown:
        other = f"--{min(unknown)}"
        kinds_too = " and ".join(one.name for one in SIMILARITIES if min(unknown) in one.options)
        why = f"it is for {kinds_too}" if kinds_too else f"its options: {', '.join(info.options) or 'none'}"
        raise UsageError(
            f"--method {name} does not go with {other}", why, f"leave {other} out", options=(other, "method")
        )
    chosen = {**({} if options.get("components") else DEFAULTS.get(name, {})), **options}
    return Method(
        name,
        attribution or (kinds[0] if kinds else ""),
        "mean" if name == "attribution" else "norm",
        map_size,
        weight,
        chosen,
        "printed" if reading == "printed" else "released",
    )


def _check_reading(reading: str | None, maps: str) -> None:
    if reading is not None and (reading not in ("released", "printed") or maps != "saliency"):
        raise UsageError(
            f"--reading {reading} does not go with these maps",
            "saliency maps alone are read in two ways, released (the default) and printed",
            "leave --reading out, or --attribution saliency --reading printed",
            options=("reading", "attribution", "method"),
        )

"""Attribution maps of one batch: one forward pass, and one backward pass a class of methods."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Literal

import torch

from hubscore.attribution.lrp.epsilon import Gates, Prepare, modified
from hubscore.attribution.lrp.switched_activations import Switch
from hubscore.errors import CandidateError, UsageError
from hubscore.modalities.image.batches import PIXELS
from hubscore.models.activations import PENULTIMATE, check_layer, layer_outputs, pool_positions
from hubscore.models.batch import Batch
from hubscore.models.network import Network

METHODS = ("saliency", "gradient_x_input", "epsilon_lrp")
Objective = Literal["mean", "norm"]
Reading = Literal["released", "printed"]
READINGS = ("released", "printed")


def objective_of(out: torch.Tensor, objective: Objective) -> torch.Tensor:
    r"""Return what is explained of each image: the mean of all units, or their length :math:`\|F(x)\|_2`.

    Args:
        out: a layer's output, shape (n, ...).
        objective: ``mean`` or ``norm``.

    Returns:
        Shape (n,).
    """
    units = out.flatten(1) if out.is_floating_point() else out.flatten(1).float()
    return units.mean(dim=1) if objective == "mean" else torch.linalg.vector_norm(units, dim=1)


@dataclass(frozen=True)
class Explanation:
    """What is found out about a batch of n images.

    Attributes:
        maps: by method, shape (n, c, h, w), in the network's input.
        features: of the layer, pooled over positions, shape (n, d).
        explained: the objective's value and the mean absolute unit, shape (n, 2).
    """

    maps: dict[str, torch.Tensor]
    features: torch.Tensor
    explained: torch.Tensor


@dataclass
class Explainer:
    r"""Makes attribution maps in a network's own input, without changing the network.

    .. math:: \text{saliency} = |g|, \quad \text{gradient} \times \text{input} = x \odot g, \quad g = \partial S(F(x)) /
    \partial x

    Saliency of the mean over D units is read in two ways. The authors' code (``released``, the default) takes one
    gradient of all units together, :math:`|\sum_k \partial r_k / \partial x|` (over D), in which units cancel; their
    text prints the mean of each unit's own (``printed``), :math:`\frac1D \sum_k |\partial r_k / \partial x|`, which
    takes a backward pass for every unit.

    Epsilon-LRP is :math:`x \odot \tilde g`, where every elementwise nonlinearity has :math:`f(z) / (z + 10^{-4}
    \operatorname{sign} z)` for its derivative and every other operation keeps its own. Saliency and gradient x input
    share a backward pass; all share the forward pass. An image's map does not depend on the others of its batch.

    Attributes:
        network: in evaluation mode; its parameters take no gradient meanwhile.
        methods: some of :data:`METHODS`.
        objective: S, see :func:`objective_of`.
        layer: F, a module's name or the representation itself.
        gates: see :func:`hubscore.attribution.lrp.epsilon.modified`.
        reading: of saliency.
        rule_counts: what epsilon-LRP did to the network's operations, from the first batch.

    Source:
        Song et al., Deep Model Transferability from Attribution Maps, NeurIPS 2019; Ancona et al., Towards better
        understanding of gradient-based attribution methods, ICLR 2018 (epsilon-LRP as a modified gradient); Song et
        al., DEPARA, CVPR 2020, Eq. 3.
    """

    network: Network
    methods: Sequence[str]
    objective: Objective = "mean"
    layer: str = PENULTIMATE
    gates: Gates = "constant"
    reading: Reading = "released"
    rule_counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        check_layer(self.network, self.layer)
        check_reading(self.reading, self.methods, self.objective)

    def __call__(self, batch: Batch) -> Explanation:
        """Explain a batch.

        Args:
            batch: prepared images, shape (n, c, h, w), on the module's device.

        Returns:
            Maps and features.

        Raises:
            CandidateError: there is no gradient path from the layer to the images, or a gradient is not finite.
        """
        images = batch[PIXELS]
        modified_wanted = "epsilon_lrp" in self.methods
        leaf, switch = images.detach().requires_grad_(), Switch()
        with torch.enable_grad(), fixed(self.network.module), Prepare(switch) if modified_wanted else nullcontext():
            start = {PIXELS: leaf.clone()}  # a copy, because some networks begin in place
            out = layer_outputs(self.network, start, [self.layer])[self.layer]
            values = objective_of(out, self.objective)
            explained = values.sum()
        if not explained.requires_grad:
            raise self._refused("there is no gradient path from it to the input")
        maps: dict[str, torch.Tensor] = {}
        if self.reading == "printed" and "saliency" in self.methods:
            maps["saliency"] = self._unit_by_unit(out, leaf)
        if set(self.methods) - {"epsilon_lrp", *maps}:
            maps |= self._plain(self._gradient(explained, leaf, keep=modified_wanted), images, known=maps)
        if modified_wanted:
            counts = Counter[str]()
            with modified(out.grad_fn, switch, self.gates, counts):
                maps["epsilon_lrp"] = self._gradient(explained, leaf).mul_(images)
            self.rule_counts = self.rule_counts or counts
        out, values = out.detach(), values.detach()
        sizes = torch.stack([values, out.abs().flatten(1).mean(dim=1)], dim=1)
        return Explanation({method: maps[method] for method in self.methods}, pool_positions(out), sizes)

    def _plain(
        self, gradient: torch.Tensor, images: torch.Tensor, known: Mapping[str, torch.Tensor]
    ) -> dict[str, torch.Tensor]:
        made = {"gradient_x_input": gradient * images} if "gradient_x_input" in self.methods else {}
        return made | ({"saliency": gradient.abs_()} if "saliency" in set(self.methods) - set(known) else {})

    def _unit_by_unit(self, out: torch.Tensor, leaf: torch.Tensor) -> torch.Tensor:
        """Return the mean over units of the absolute value of each one's own gradient."""
        units = out.flatten(1)
        total = torch.zeros_like(leaf)
        for unit in units.unbind(dim=1):
            total += self._gradient(unit.sum(), leaf, keep=True).abs_()
        return total.div_(units.shape[1])

    def _gradient(self, explained: torch.Tensor, leaf: torch.Tensor, *, keep: bool = False) -> torch.Tensor:
        (found,) = torch.autograd.grad(explained, leaf, retain_graph=keep, allow_unused=True)
        if found is None:
            raise self._refused("there is no gradient path from it to the input")
        found = found.contiguous()  # in channels last all that follows would be slower
        sums = found.flatten(1).sum(dim=1)  # a finite sum has finite parts, and takes one look instead of three
        bad = 0 if bool(torch.isfinite(sums).all()) else int((~torch.isfinite(found).flatten(1).all(dim=1)).sum())
        if bad:
            raise self._refused(
                f"its gradient is not finite (NaN or infinite) for {bad} of {len(found)} images at once"
            )
        return found

    def _refused(self, why: str) -> CandidateError:
        what = "representation" if self.layer == PENULTIMATE else f"layer {self.layer!r}"
        return CandidateError(
            f"Cannot explain the {what} of {self.network.name!r}",
            why,
            "choose another checkpoint or layer",
            subject=self.network.name,
            predicate="",
        )


def check_reading(reading: str, methods: Sequence[str], objective: str) -> None:
    """Refuse a reading that is none, or that has nothing to read.

    Raises:
        UsageError: it is unknown, or ``printed`` of other maps than saliency of the mean.
    """
    if reading not in READINGS:
        raise UsageError(f"Unknown reading {reading!r}", f"there are {' and '.join(READINGS)}", "choose released")
    if reading == "printed" and ("saliency" not in methods or objective != "mean"):
        raise UsageError(
            "Only saliency of the mean has a printed reading",
            f"these are {', '.join(methods)} maps of the {objective}",
            "choose released, or saliency of the mean",
        )


@contextmanager
def fixed(module: torch.nn.Module) -> Iterator[None]:
    """Let no parameter take a gradient while the block runs: only the images need one."""
    changed = [parameter for parameter in module.parameters() if parameter.requires_grad]
    for parameter in changed:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in changed:
            parameter.requires_grad_(True)

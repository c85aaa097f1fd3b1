"""Task2Vec: which filters of a probe network a labelled data set needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from hubscore.errors import CandidateError, DatasetError, UsageError
from hubscore.modalities.lazy_items import seen_by
from hubscore.models.network import Network
from hubscore.types import Probe

PENALTIES = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)
"""Inverse strengths of the head's L2 penalty, chosen by cross-validated log loss: a head that is sure of everything
has no gradient.
"""


@dataclass(frozen=True)
class Embedding:
    """A data set as a probe network sees it.

    Attributes:
        values: mean Fisher information of each filter's weights, shape (k,), 0 or more; compare with
            ``similarity("task2vec", a.values, b.values)``.
        filters: how many of them belong to each layer, in order.
        accuracy: of the fitted head on the images that it was fitted on.
        images: how many were used.
    """

    values: np.ndarray
    filters: dict[str, int]
    accuracy: float
    images: int


def embed_task(network: Network, probe: Probe, *, draws: int = 1, seed: int = 0, device: str = "cpu") -> Embedding:
    r"""Embed a labelled data set: the diagonal Fisher information of a probe network's filters.

    .. math:: h_f = \frac{1}{n |f|} \sum_i \sum_{w \in f} \left(\frac{\partial \ln p(y \mid x_i)}{\partial w}\right)^2,
              \quad y \sim p(\cdot \mid x_i)

    A linear head is fitted on the network's features first (L2, its strength by cross-validation; the authors take ten
    epochs of Adam). Gradients are squared image by image, in evaluation mode; the released code squares the gradient of
    a batch's mean and leaves the network in training mode.

    Args:
        network: the probe network; its weights stay as they are.
        probe: with class labels.
        draws: labels drawn from the model for each image.
        seed: of the labels.
        device: as torch names it.

    Returns:
        The embedding; its layers are all convolution and linear layers whose weights the output depends on, the head
        excepted.

    Raises:
        DatasetError: the data set has no class labels, or all are the same.
        CandidateError: the output depends on no convolution or linear layer.
        UsageError: fewer than one draw.

    Source:
        Achille et al., Task2Vec, ICCV 2019, section 3.

    Example:
        >>> embedding = embed_task(load_network(candidate, folder), probe)  # doctest: +SKIP
    """
    if draws < 1:
        raise UsageError(f"Cannot draw {draws} labels for each image", "at least 1 is needed", "draws=1")
    labels = _labels(probe)
    network.module.to(device)
    items = seen_by(probe.items, network.spec)
    features = _features(network, items)
    weights, bias, accuracy = _head(features, labels)
    head = nn.Linear(weights.shape[1], weights.shape[0]).to(device)
    with torch.no_grad():
        head.weight.copy_(torch.from_numpy(weights))
        head.bias.copy_(torch.from_numpy(bias))
    found = _fisher(network, items, head, draws, seed)
    values = np.concatenate([one.cpu().numpy().astype(np.float64) for one in found.values()])
    return Embedding(
        values / (len(labels) * draws), {name: len(one) for name, one in found.items()}, accuracy, len(labels)
    )


def _labels(probe: Probe) -> np.ndarray:
    if probe.labels is None or probe.target != "classification":
        raise DatasetError(
            f"Data set '{probe.dataset}' cannot be embedded", "Task2Vec needs class labels", "--label-column NAME"
        )
    if len(np.unique(probe.labels)) < 2:
        raise DatasetError(
            f"Data set '{probe.dataset}' cannot be embedded", "all images have the same label", "draw more images"
        )
    return np.asarray(probe.labels)


def _features(network: Network, items: Sequence[Any]) -> np.ndarray:
    with torch.inference_mode():
        rows = [network.forward(network.prepare(item))[0].float().cpu().numpy() for item in items]
    return np.concatenate(rows)


def _head(features: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Fit a linear head on standardised features and fold the scaling into it: weights (c, d), bias (c,), accuracy."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_score

    values = features.astype(np.float64)
    mean, deviation = values.mean(axis=0), values.std(axis=0)
    scale = np.where(deviation > 1e-8, deviation, 1.0)
    rows, smallest = (values - mean) / scale, int(np.unique(labels, return_counts=True)[1].min())
    penalty = PENALTIES[len(PENALTIES) // 2]
    if smallest > 1:
        folds = StratifiedKFold(min(3, smallest), shuffle=True, random_state=0)
        losses = [
            cross_val_score(
                LogisticRegression(C=one, max_iter=500), rows, labels, cv=folds, scoring="neg_log_loss"
            ).mean()
            for one in PENALTIES
        ]
        penalty = PENALTIES[int(np.argmax(losses))]
    fitted = LogisticRegression(C=penalty, max_iter=500).fit(rows, labels)
    weights, bias = fitted.coef_ / scale, fitted.intercept_ - (fitted.coef_ / scale) @ mean
    if len(fitted.classes_) == 2:  # one row for two classes: the other logit is 0
        weights, bias = np.vstack([np.zeros_like(weights), weights]), np.concatenate([[0.0], bias])
    accuracy = float(fitted.score(rows, labels))
    return weights.astype(np.float32), bias.astype(np.float32), accuracy


def _fisher(network: Network, items: Sequence[Any], head: nn.Linear, draws: int, seed: int) -> dict[str, torch.Tensor]:
    """Return by layer the sum over images of each filter's mean squared gradient."""
    layers = {
        name: layer.weight
        for name, layer in network.module.named_modules()
        if isinstance(layer, (nn.Conv2d, nn.Linear))
    }
    needed = {name: weight.requires_grad for name, weight in layers.items()}
    generator, total = torch.Generator().manual_seed(seed), dict[str, torch.Tensor]()
    if not layers:
        raise _unfit(network)
    try:
        for weight in layers.values():
            weight.requires_grad_(True)
        for item in items:
            logs = head(network.forward(network.prepare(item))[0].float()).log_softmax(dim=1)[0]
            drawn = torch.multinomial(logs.detach().exp().cpu(), draws, replacement=True, generator=generator)
            counts = torch.bincount(drawn).tolist()  # however often a label is drawn, its gradient is one
            for label in (label for label, count in enumerate(counts) if count):
                parts = torch.autograd.grad(logs[label], list(layers.values()), retain_graph=True, allow_unused=True)
                for name, part in zip(layers, parts, strict=True):
                    if part is not None:
                        squares = counts[label] * part.detach().square().flatten(1).mean(dim=1)
                        total[name] = total[name] + squares if name in total else squares
    finally:
        for name, weight in layers.items():
            weight.requires_grad_(needed[name])
    if not total:
        raise _unfit(network)
    return {name: total[name] for name in layers if name in total}


def _unfit(network: Network) -> CandidateError:
    why = "its features depend on no convolution or linear layer"
    return CandidateError(
        f"Model '{network.name}' cannot embed a data set",
        why,
        "choose another probe network",
        subject=network.name,
        predicate="cannot embed a data set",
    )

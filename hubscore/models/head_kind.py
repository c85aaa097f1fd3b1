"""What a classification head's outputs are: scores of exclusive source classes, or something without a softmax."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hubscore.types.inputs import MULTI_LABEL

REGRESSION = "its head is a regression, so there are no source-class probabilities"
ONE_OUTPUT = "its head has one output (a regression, or yes and no), so there are no source-class probabilities"

_FLAGS = ("multilabel", "ismultilabel")
_PROBLEM = ("problemtype", "task", "tasktype", "headtype")
_LOSS = (
    *("loss", "lossfn", "lossfunction", "losstype", "criterion", "headactivation", "finalactivation"),
    *("outputactivation", "activationout", "classifieractivation"),
)
_SIGMOIDS = ("sigmoid", "bce", "binarycross", "asymmetric", "asl", "focalmulti", "multilabel")
_DISTANCES = ("mse", "l1", "mae", "huber", "smoothl1", "meansquared", "meanabsolute", "regression")


def without_softmax(config: Mapping[str, Any], outputs: int | None = None) -> str:
    """Return why a head's outputs are no logits of exclusive classes, by its configuration; empty where they are.

    Args:
        config: ``config.json``, of transformers or timm; what it nests is looked at too.
        outputs: how many the head has, where known.

    Example:
        >>> without_softmax({"problem_type": "regression"})
        'its head is a regression, so there are no source-class probabilities'
        >>> without_softmax({"pretrained_cfg": {"loss": "bce_with_logits"}}) == MULTI_LABEL
        True
        >>> without_softmax({"problem_type": "single_label_classification"}, 10)
        ''
    """
    for name, value in _settings(config):
        word = _plain(value) if isinstance(value, str) else ""
        if (name in _FLAGS and value is True) or (name in _PROBLEM and word.startswith("multilabel")):
            return MULTI_LABEL
        if name in _PROBLEM and word.endswith("regression") and "logistic" not in word:
            return REGRESSION
        if name in _LOSS and word.startswith(_SIGMOIDS):
            return MULTI_LABEL
        if name in _LOSS and word.startswith(_DISTANCES):
            return REGRESSION
    return ONE_OUTPUT if outputs == 1 else ""


def _settings(config: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield settings by plain name, those that the libraries nest included."""
    for name, value in config.items():
        if name in ("pretrained_cfg", "model_args", "training_args", "head", "classifier") and isinstance(
            value, Mapping
        ):
            yield from _settings(value)
        else:
            yield _plain(name), value


def _plain(word: str) -> str:
    return "".join(letter for letter in str(word).lower() if letter.isalnum())

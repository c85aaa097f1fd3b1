"""Which checkpoints were trained on the very data that they are ranked on, by what their cards say."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from hubscore.types import Candidate

_HUB = ("https://huggingface.co/datasets/", "huggingface.co/datasets/", "datasets/")


def declares_this_data(candidate: Candidate, dataset: str, others: Mapping[str, Candidate] | None = None) -> bool:
    """Whether a checkpoint's card, or that of the checkpoint it was derived from, names the probe's data set among its
    training data.

    Names are compared as the Hub writes them, in any case; a bare name such as ``cifar10`` stands for the data set of
    that name of any owner. What a card does not say is not found out, and data in a folder has no name.

    Args:
        candidate: whose card is read.
        dataset: the probe's, a Hub id.
        others: candidates by ``repo_id``, among which its base model may be.

    Example:
        >>> made = Candidate("org/net", "a" * 40, "timm", datasets=("cifar10",))
        >>> declares_this_data(made, "uoft-cs/cifar10"), declares_this_data(made, "uoft-cs/cifar100")
        (True, False)
    """
    wanted = _plain(dataset)
    if not wanted or dataset.startswith((".", "/", "~")):
        return False
    base = (others or {}).get(candidate.base_model or "")
    named: Collection[str] = (*candidate.datasets, *(base.datasets if base is not None else ()))
    return any(_same(_plain(name), wanted) for name in named)


def _plain(name: str) -> str:
    name = name.strip().lower().partition("@")[0].rstrip("/")
    return next((name.removeprefix(start) for start in _HUB if name.startswith(start)), name)


def _same(first: str, second: str) -> bool:
    if "/" in first and "/" in second:
        return first == second
    return bool(first) and first.rpartition("/")[2] == second.rpartition("/")[2]

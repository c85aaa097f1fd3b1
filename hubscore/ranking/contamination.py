"""Which checkpoints were trained on the very data that they are ranked on: what cards say, and what names hint at."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from hubscore.types import Candidate, Probe

_HUB = ("https://huggingface.co/datasets/", "huggingface.co/datasets/", "datasets/")
_PLACEHOLDER = re.compile(r"(?:label|class)? ?\d+")


def hub_name(probe: Probe) -> str:
    """Return the Hub id of a probe's data set; empty for data on this machine, which no card can name."""
    return probe.dataset if probe.revision else ""


def declares_this_data(candidate: Candidate, dataset: str, others: Mapping[str, Candidate] | None = None) -> bool:
    """Whether a checkpoint's card, or that of the checkpoint it was derived from, names the probe's data set among its
    training data.

    Names are compared as the Hub writes them, in any case; a bare name such as ``cifar10`` stands for the data set of
    that name of any owner. What a card does not say is not found out, and data in a folder has no name.

    Args:
        candidate: whose card is read; what the card of its base model says stands in ``base_datasets``.
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
    above: Collection[str] = base.datasets if base is not None else candidate.base_datasets
    return any(_same(_plain(name), wanted) for name in (*candidate.datasets, *above))


def same_classes(names: Sequence[str], classes: Sequence[object]) -> bool:
    """Whether a checkpoint's own classes are called what the probe's are: a hint that it was trained on such data.

    All names must agree, one to one; case, order, underscores, hyphens and spaces do not count. Where one side has
    classes that the other lacks it is no hint: a head of a thousand classes holds the names of many a small data set.
    Placeholders (``LABEL_0``, ``class 3``, bare numbers) name nothing.

    Args:
        names: of the checkpoint's classes.
        classes: the probe's.

    Example:
        >>> same_classes(["Golden_Retriever", "tabby-cat"], ["tabby cat", "golden retriever"])
        True
        >>> same_classes(["LABEL_0", "LABEL_1"], ["LABEL_0", "LABEL_1"]), same_classes(["a", "b", "c"], ["a", "b"])
        (False, False)
    """
    own, wanted = Counter(map(_words, names)), Counter(map(_words, classes))
    return len(own) > 1 and own == wanted and not all(_PLACEHOLDER.fullmatch(name) for name in own)


def _words(name: object) -> str:
    return " ".join(re.sub(r"[_\-]+", " ", str(name).lower()).split())


def _plain(name: str) -> str:
    name = name.strip().lower().partition("@")[0].rstrip("/")
    return next((name.removeprefix(start) for start in _HUB if name.startswith(start)), name)


def _same(first: str, second: str) -> bool:
    if "/" in first and "/" in second:
        return first == second
    return bool(first) and first.rpartition("/")[2] == second.rpartition("/")[2]

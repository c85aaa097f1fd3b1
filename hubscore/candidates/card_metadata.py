"""What a repo's card and tags say: licence, base model, size of the source data set."""

from __future__ import annotations

from collections.abc import Collection

from hubscore.candidates.repo_info import RepoInfo, texts_in

_RELATIONS = ("finetune", "adapter", "quantized", "merge")
_TRAINING_ROWS = {
    "imagenet-1k": 1_281_167,
    "ilsvrc/imagenet-1k": 1_281_167,
    "timm/imagenet-1k-wds": 1_281_167,
    "cifar10": 50_000,
    "uoft-cs/cifar10": 50_000,
    "cifar100": 50_000,
    "uoft-cs/cifar100": 50_000,
    "mnist": 60_000,
    "ylecun/mnist": 60_000,
    "fashion_mnist": 60_000,
    "zalando-datasets/fashion_mnist": 60_000,
    "food101": 75_750,
    "ethz/food101": 75_750,
}
"""Rows of the training split of data sets that cards name; facts of the data sets, not estimates."""

_MULTI_LABEL_TAGS = frozenset(
    {
        *("multilabel", "multilabelclassification", "multilabelimageclassification", "multilabelimageclassifier"),
        *("tagger", "tagging", "imagetagger", "imagetagging"),
    }
)
_TAGGER_FILES = frozenset({"selected_tags.csv", "thresholds.csv", "thresholds.json"})
"""What repos of image taggers keep beside the weights: names of the tags, and where each is cut off."""


def license_of(info: RepoInfo) -> str | None:
    """Return the licence tag, in lower case as the Hub writes it."""
    stated = info.tagged("license:") or texts_in(info.card.get("license"))
    return stated[0].lower() if stated else None


def base_model_of(info: RepoInfo) -> str | None:
    """Return the repo that this one was derived from."""
    tagged = [name for name in info.tagged("base_model:") if name.partition(":")[0] not in _RELATIONS]
    stated = tagged or texts_in(info.card.get("base_model"))
    return stated[0] if stated else None


def datasets_of(info: RepoInfo) -> tuple[str, ...]:
    """Return the data sets that the repo says it was trained on."""
    return tuple(dict.fromkeys((*info.tagged("dataset:"), *texts_in(info.card.get("datasets")))))


def source_size_of(info: RepoInfo) -> int | None:
    """Return the training rows of the source data set, only where the card names one data set and its size is
    known.
    """
    stated = info.tagged("dataset:") or texts_in(info.card.get("datasets"))
    return _TRAINING_ROWS.get(stated[0].lower()) if len(stated) == 1 else None


def tags_of_multilabel(tags: Collection[str], files: Collection[str] = ()) -> bool:
    """Whether a repo's tags or files say that its head gives one yes or no for every label.

    Example:
        >>> tags_of_multilabel(["timm", "multi-label"]), tags_of_multilabel(["timm"], ["selected_tags.csv"])
        (True, True)
        >>> tags_of_multilabel(["timm", "image-classification"])
        False
    """
    return bool(_MULTI_LABEL_TAGS & {_plain(tag) for tag in tags}) or bool(_TAGGER_FILES & set(files))


def _plain(word: str) -> str:
    return "".join(letter for letter in str(word).lower() if letter.isalnum())

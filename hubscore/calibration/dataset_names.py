"""Whether two names mean the same data set."""

from __future__ import annotations


def same_dataset(one: str, other: str) -> bool:
    """Whether two names mean the same data set as far as names tell: owners, folders and endings do not count.

    Example:
        >>> same_dataset("uoft-cs/cifar10", "CIFAR-10"), same_dataset("local/cifar10", "cifar100")
        (True, False)
    """
    return plain_name(one) == plain_name(other)


def plain_name(name: str) -> str:
    """Return what two names of a data set have in common.

    Example:
        >>> plain_name("user/My-Birds@main")
        'mybirds'
    """
    last = name.partition("@")[0].rstrip("/").rpartition("/")[2].lower()
    stem = last.rpartition(".")[0] if last.endswith((".csv", ".tsv", ".jsonl", ".parquet")) else last
    return "".join(letter for letter in stem if letter.isalnum())

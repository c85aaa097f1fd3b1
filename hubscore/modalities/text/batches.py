"""Tokenised texts as batches: those of like length together, padded to the longest, bounded by their tokens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import torch

from hubscore.types import Json

if TYPE_CHECKING:
    from hubscore.models.batch import Batch

IDS, MASK, TYPES, WORD = "input_ids", "attention_mask", "token_type_ids", "word"
"""The names under which texts travel: transformers' own, and which token stands for the word that a row is about."""
TOKENS = 4096
"""Of one batch, padding counted: eight texts of 512 tokens, or more of shorter ones."""
TOGETHER = {False: 256, True: 1024}
"""Texts that are sorted by length together, without and with an accelerator."""
BYTES_PER_TOKEN, BYTES_KEPT_PER_TOKEN = 100_000, 1_000_000
"""Activations of a token alive at once, and where a backward pass follows: of an encoder 768 wide at 512 tokens."""

CUT = "cut"
"""Whether a text is longer than the network takes: one number per text, which no network sees."""

Prepared = Mapping[str, torch.Tensor]
"""A tokenised text: each of its tensors has one number per token, but :data:`CUT`."""


def collate(prepared: Sequence[Prepared]) -> Iterator[tuple[Batch, Sequence[int]]]:
    """Yield batches of texts of like length, the longest first, each with the places of its texts.

    Args:
        prepared: tokenised texts, in any order.

    Example:
        >>> texts = [{"input_ids": torch.ones(length, dtype=torch.long)} for length in (2, 3000, 3, 1500)]
        >>> [(tuple(batch["input_ids"].shape), places) for batch, places in collate(texts)]
        [((1, 3000), [1]), ((2, 1500), [3, 2]), ((1, 2), [0])]
    """
    waiting = list[int]()
    for place in sorted(range(len(prepared)), key=lambda at: (-_length(prepared[at]), at)):
        longest = _length(prepared[waiting[0]]) if waiting else 0
        if waiting and longest * (len(waiting) + 1) > TOKENS:
            yield _padded([prepared[at] for at in waiting]), waiting
            waiting = []
        waiting.append(place)
    if waiting:
        yield _padded([prepared[at] for at in waiting]), waiting


def example(spec: Json) -> Batch:
    """Return one sentence as a network's own tokenizer made tokens of it.

    Args:
        spec: the transform, of which ``example`` is read: one list of numbers by name.

    Example:
        >>> example({"example": {"input_ids": [101, 102]}})["input_ids"].tolist()
        [[101, 102]]
    """
    return _padded([{name: torch.tensor(numbers) for name, numbers in spec["example"].items()}])


def activation_bytes(spec: Json, *, backward: bool = False) -> int:
    """Return what a text takes in memory on its way through a network: its share of the largest batch, which those that
    are sorted together take in turn.

    Args:
        spec: the transform, of which ``limit`` is read: tokens of the longest text.
        backward: whether a backward pass follows, for which every activation is kept, of every text to its limit.

    Example:
        >>> activation_bytes({"limit": 512})
        1600000
    """
    return BYTES_KEPT_PER_TOKEN * int(spec["limit"]) if backward else BYTES_PER_TOKEN * TOKENS // TOGETHER[False]


def fast_batch(spec: Json, *, accelerator: bool) -> int:
    """Return how many texts are sorted by length together; how many run at once depends on their tokens.

    Example:
        >>> fast_batch({"limit": 512}, accelerator=False)
        256
    """
    return TOGETHER[accelerator]


def _length(text: Prepared) -> int:
    return len(text[IDS])


def _padded(texts: Sequence[Prepared]) -> Batch:
    """Return texts as tensors (n, tokens of the longest), zeros behind the end of each; the mask says where that is."""
    longest = max(map(_length, texts))
    names = [name for name in texts[0] if name not in (MASK, CUT)]
    whole = {name: torch.zeros(len(texts), longest, dtype=torch.long) for name in (*names, MASK)}
    for row, text in enumerate(texts):
        for name in names:
            whole[name][row, : _length(text)] = text[name]
        whole[MASK][row, : _length(text)] = 1
    return whole | ({CUT: torch.stack([text[CUT] for text in texts])} if CUT in texts[0] else {})

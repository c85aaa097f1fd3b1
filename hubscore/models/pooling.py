"""From one vector per token to one per text; what stands behind a text's end never counts."""

from __future__ import annotations

from collections.abc import Sequence

import torch

POOLINGS = ("first", "mean", "max", "last")
"""What ``--pooling`` offers beside each checkpoint's own; sentence-transformers knows two more."""
WORDS = {
    "first": "first token",
    "mean": "mean over tokens",
    "max": "maximum over tokens",
    "last": "last token",
    "mean_sqrt_len": "sum over tokens, divided by the square root of their number",
    "weighted_mean": "mean over tokens, weighted by position",
    "word": "first token of the word",
}


def pool_tokens(tokens: torch.Tensor, mask: torch.Tensor, ways: Sequence[str]) -> torch.Tensor:
    """Return one vector per text.

    Args:
        tokens: shape (n, length, d).
        mask: shape (n, length), 1 for a text's tokens, which stand in front, and 0 behind its end.
        ways: keys of :data:`WORDS`; the results of several stand side by side.

    Returns:
        Shape (n, d) for one way.

    Example:
        >>> tokens = torch.tensor([[[1.0], [3.0], [9.0]]])
        >>> pool_tokens(tokens, torch.tensor([[1, 1, 0]]), ["first", "mean", "max", "last"]).tolist()
        [[1.0, 2.0, 3.0, 3.0]]
    """
    return torch.cat([_pooled(tokens, mask, way) for way in ways], dim=-1)


def pick_tokens(tokens: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """Return one token of each text, shape (n, d).

    Args:
        tokens: shape (n, length, d).
        places: shape (n,).
    """
    return tokens[torch.arange(len(tokens), device=tokens.device), places]


def last_places(mask: torch.Tensor) -> torch.Tensor:
    """Return where each text's last token is, shape (n,).

    Example:
        >>> last_places(torch.tensor([[1, 1, 0], [1, 1, 1]])).tolist()
        [1, 2]
    """
    return mask.sum(dim=1) - 1


def _pooled(tokens: torch.Tensor, mask: torch.Tensor, way: str) -> torch.Tensor:
    if way == "first":
        return tokens[:, 0]
    if way == "last":
        return pick_tokens(tokens, last_places(mask))
    if way == "max":
        return tokens.masked_fill(mask.unsqueeze(-1) == 0, -torch.inf).amax(dim=1)
    weights = mask.unsqueeze(-1).to(tokens.dtype)
    if way == "weighted_mean":
        weights = weights * torch.arange(1, tokens.shape[1] + 1, device=tokens.device).view(1, -1, 1)
    total, count = (tokens * weights).sum(dim=1), weights.sum(dim=1)
    return total / (count.sqrt() if way == "mean_sqrt_len" else count)

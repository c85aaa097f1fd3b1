"""How long a checkpoint takes for a text, judged from its size: good to a factor of two, not to ten percent."""

from __future__ import annotations

from collections.abc import Sequence

TOKENS = 64
"""Tokens of a text whose length nobody knows: a long sentence."""
PER_IMAGE = 155
"""Multiplications per parameter that a ResNet-18 makes for an image of 224 pixels; a token makes one."""


CHARACTERS = 4
"""Of a token, on average over languages and tokenizers."""
LONGEST = 512
"""Tokens that most networks take."""


def tokens_of(texts: Sequence[str]) -> int:
    """Estimate the tokens of a text, of a pair or of a sentence's words, as far as most networks take them.

    Example:
        >>> tokens_of(["to be or not to be"]), tokens_of(["x" * 10_000])
        (6, 512)
    """
    return min(LONGEST, 2 + sum(map(len, texts)) // CHARACTERS)


def text_seconds(parameters: int | None, tokens: int | None, unit: float) -> float:
    """Estimate the forward pass of one text.

    Args:
        parameters: of the network; unknown ones take no time here.
        tokens: of the text, :data:`TOKENS` where unknown.
        unit: seconds per parameter and image of a residual network at 224 pixels on this machine.

    Example:
        >>> text_seconds(155_000_000, 100, 1e-9)
        0.1
    """
    return (parameters or 0) * unit * (tokens or TOKENS) / PER_IMAGE

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

VOCABULARY = 32_000
"""Of a family that is not listed."""
VOCABULARIES = {
    **dict.fromkeys(("bert", "distilbert", "electra", "mpnet", "convbert", "mobilebert", "funnel"), 30_522),
    **dict.fromkeys(("roberta", "bart", "longformer", "gpt2", "gpt_neo", "gpt_neox", "deberta", "opt"), 50_265),
    **dict.fromkeys(("xlm-roberta", "xlm-roberta-xl", "mbart", "xmod", "mt5", "umt5", "bloom"), 250_002),
    **dict.fromkeys(("qwen2", "qwen3"), 151_936),
    **dict.fromkeys(("gemma", "gemma2", "gemma3_text"), 256_000),
    **{"deberta-v2": 128_100, "modernbert": 50_368, "eurobert": 128_256, "rembert": 250_300, "smollm3": 128_256},
}
"""Rows of the table of tokens, by architecture family; the Hub says how many parameters there are in all."""
WIDTH = 64
"""Of a network per layer: 768 numbers in 12 layers, 384 in 6."""
ENCODER = 0.45
"""Share of an encoder-decoder's layers that runs, the decoder's attention to the encoder counted."""
ENCODER_DECODERS = frozenset({"t5", "mt5", "umt5", "bart", "mbart"})
ALBERT, ALBERT_TABLE, ALBERT_RUNS = "albert", 30_000 * 128, 12
"""A family that runs one layer so often, and whose table is narrow."""


def tokens_of(texts: Sequence[str]) -> int:
    """Estimate the tokens of a text, of a pair or of a sentence's words, as far as most networks take them.

    Example:
        >>> tokens_of(["to be or not to be"]), tokens_of(["x" * 10_000])
        (6, 512)
    """
    return min(LONGEST, 2 + sum(map(len, texts)) // CHARACTERS)


def working_parameters(parameters: int, family: str | None = None) -> int:
    """Estimate how many parameters multiply a token: all but the table of tokens, from which one row is taken.

    A network of width d has about d / 64 layers of 12 d² parameters each, and d for each row of its table; d is what
    gives the parameters that it has.

    Args:
        parameters: of the network.
        family: its architecture family, which tells the rows.

    Example:
        >>> [round(working_parameters(count, "bert") / 1e6) for count in (109_482_240, 22_713_216)]
        [86, 11]
        >>> round(working_parameters(278_043_648, "xlm-roberta") / 1e6)
        86
    """
    if family == ALBERT:
        return max(parameters - ALBERT_TABLE, 0) * ALBERT_RUNS
    rows = VOCABULARIES.get(family or "", VOCABULARY)
    low, high = 0.0, parameters / rows
    for _ in range(40):
        width = (low + high) / 2
        low, high = (width, high) if _layers(width) + rows * width < parameters else (low, width)
    return round(_layers(low) * (ENCODER if family in ENCODER_DECODERS else 1))


def text_seconds(parameters: int | None, tokens: int | None, unit: float, family: str | None = None) -> float:
    """Estimate the forward pass of one text.

    Args:
        parameters: of the network; unknown ones take no time here.
        tokens: of the text, :data:`TOKENS` where unknown.
        unit: seconds per parameter and image of a residual network at 224 pixels on this machine.
        family: the architecture family.

    Example:
        >>> round(text_seconds(109_482_240, 155, 1e-9, "bert"), 3)
        0.086
    """
    return working_parameters(parameters or 0, family) * unit * (tokens or TOKENS) / PER_IMAGE


def _layers(width: float) -> float:
    return 12 * width**3 / WIDTH

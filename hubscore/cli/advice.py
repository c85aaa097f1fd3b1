"""What to type for what Python's words advise: the one place where advice becomes options of the command line."""

from __future__ import annotations

from collections.abc import Mapping

from hubscore.errors import Advice, HubscoreError

TYPED: Mapping[Advice, str] = {
    Advice.REDUCE: "use --reduce 32",
    Advice.SAMPLES: "use more samples (--samples)",
    Advice.LABELS: "label the probe (--label-column NAME)",
    Advice.LABEL_TEXTS: "pass class texts with --label-texts FILE",
    Advice.REFERENCE: "rank with --reference ID",
    Advice.ALL_SCORES: "rank with --scores all",
}
"""Advice that an option follows; the rest is said as it is."""


def with_flags(text: str) -> str:
    """Return a reason or warning with the options to type.

    Example:
        >>> with_flags("there are few samples; reduce to 32 dimensions, or use more samples")
        'there are few samples; use --reduce 32, or use more samples (--samples)'
    """
    for advice, typed in TYPED.items():
        text = text.replace(advice.words, typed)
    return text


def error_text(error: HubscoreError) -> str:
    """Return an error as text; where its fix is an option of the call, with what to type.

    Example:
        >>> from hubscore.errors import UsageError
        >>> print(error_text(UsageError("Cannot reduce to 0", "", "reduce=32", option="reduce", value=32)))
        Cannot reduce to 0
        Try: --reduce 32
    """
    option, value = error.details.get("option"), error.details.get("value", "")
    if option is None:
        return str(error)
    typed = f"--{str(option).replace('_', '-')} {value}".rstrip()
    fix = error.fix
    for argument in (f"{option}={value!r}", f'{option}="{value}"', f"{option}_={value}", f"{option}={value}"):
        fix = fix.replace(argument, typed)
    return str(HubscoreError(error.what, error.why, fix))

"""Which attribution methods explain networks over a modality."""

from __future__ import annotations

from hubscore.errors import ErrorCode, UsageError
from hubscore.modalities.registry import MODALITIES


def explains(modality: str, method: str) -> bool:
    """Whether an attribution method explains networks over a modality.

    Example:
        >>> explains("image", "saliency"), explains("image", "no such method")
        (True, False)
    """
    return method in MODALITIES.get(modality).attributions


def check_attribution(
    modality: str, method: str, *, otherwise: str = "leave out what compares attribution maps"
) -> None:
    """Refuse an attribution method that a modality does not have.

    Args:
        modality: its name.
        method: for example ``saliency``.
        otherwise: what to type where networks over this modality are explained by no method.

    Raises:
        UsageError: networks over this modality are not explained, or by other methods; its code is
            :attr:`~hubscore.errors.ErrorCode.NO_ATTRIBUTION`.

    Example:
        >>> check_attribution("image", "saliency")
    """
    if explains(modality, method):
        return
    kind = MODALITIES.get(modality)
    what, known = f"Networks over {kind.nouns[1]} cannot be explained by {method!r}", kind.attributions
    if known:
        why, fix = f"there {'are' if len(known) > 1 else 'is'} {', '.join(known)}", f"choose {known[0]}"
    else:
        why, fix = "they have no attribution method", otherwise
    raise UsageError(what, why, fix, code=ErrorCode.NO_ATTRIBUTION, subject=modality)

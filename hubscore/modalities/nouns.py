"""Sentences that were written about images, said of items of another kind."""

from __future__ import annotations

import re

from hubscore.modalities.registry import DEFAULT, MODALITIES


def in_nouns_of(modality: str | None, text: str, *, written_for: str = DEFAULT) -> str:
    """Return a text about items of one kind with the nouns of another, and the articles that go with them.

    Parts of other words, of names and of paths stay as they are: ``image-classification``, ``org/images``.

    Args:
        modality: whose nouns; images where a record of an older version names none, rows where it is not installed.
        text: as it was written.
        written_for: the modality that the text is about.

    Example:
        >>> in_nouns_of("text", "An image stands out, and few images suffice.")
        'A text stands out, and few texts suffice.'
    """
    ours, theirs = _nouns(written_for), _nouns(modality or DEFAULT)
    if ours == theirs:
        return text
    forms = dict(zip(ours, theirs, strict=True))
    noun = "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))

    def said(found: re.Match[str]) -> str:
        article, word = found["article"], found["noun"]
        new = forms[word.lower()]
        if article:
            article = f"{article[0]}{'n' if new[0] in 'aeiou' else ''} "
        return f"{article or ''}{new.capitalize() if word[0].isupper() else new}"

    return re.sub(rf"(?P<article>\ban? )?(?<![\w/-])(?P<noun>{noun})(?![\w/-])", said, text, flags=re.IGNORECASE)


def _nouns(modality: str) -> tuple[str, str]:
    return MODALITIES.get(modality).nouns if modality in MODALITIES.names() else ("row", "rows")

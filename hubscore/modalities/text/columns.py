"""Which of several columns of strings holds the texts, or the two of each pair, by their names."""

from __future__ import annotations

import re
from collections.abc import Mapping

WORDS = ("tokens", "words", "token", "word", "toks", "forms", "form")
"""Names of columns whose values are the words of a sentence."""

NAMES = (
    *("text", "texts", "sentence", "sentences", "tweet", "tweet_text", "review", "review_text", "review_body"),
    *("comment", "comment_text", "message", "utterance", "document", "article", "content", "contents", "body", "post"),
    *("sms", "question", "query", "passage", "premise", "description", "headline", "title", "abstract", "summary"),
    *("transcript", "transcription", "caption", "prompt", "input", "inputs", *WORDS),
)
"""Names that texts have in most data sets, the likeliest first."""

SURE = NAMES[: NAMES.index("premise") + 1]
"""Of these, those that tell beside a column of images."""

PAIRS = (
    ("premise", "hypothesis"),
    ("question", "sentence"),
    ("question", "passage"),
    ("question", "context"),
    ("question", "answer"),
    ("query", "passage"),
    ("query", "document"),
    ("query", "text"),
    ("claim", "evidence"),
    ("sentence", "paraphrase"),
)
"""Names of the first and the second text of a pair; beside these, names that differ in 1 and 2 or in a and b."""

_NUMBERED = re.compile(r"(?P<before>.*[^\W\d_].*?)(?P<gap>[_ -]?)(?P<number>1|[aA])(?P<after>|_?text)")
_SECOND = {"1": "2", "a": "b", "A": "B"}


def pair_among(names: Mapping[str, object] | list[str]) -> tuple[str, str] | None:
    """Return the columns of a pair, by their names, or none.

    Example:
        >>> pair_among(["idx", "question1", "question2"]), pair_among(["Premise", "Hypothesis", "genre"])
        (('question1', 'question2'), ('Premise', 'Hypothesis'))
        >>> pair_among(["sentence_A", "sentence_B"]), pair_among(["text", "title"]), pair_among(["a", "b"])
        (('sentence_A', 'sentence_B'), None, None)
        >>> pair_among(["source1", "source2", "sentence1", "sentence2"])
        ('sentence1', 'sentence2')
    """
    known = {name.lower(): name for name in names}
    numbered: dict[str, tuple[str, str]] = {}
    for name in names:
        found = _NUMBERED.fullmatch(name)
        if found is None or (found["number"] in "aA" and not found["gap"]):
            continue
        other = f"{found['before']}{found['gap']}{_SECOND[found['number']]}{found['after']}"
        if other in names:
            numbered.setdefault(found["before"].lower(), (name, other))
    usual = [numbered[before] for before in NAMES if before in numbered]
    if numbered:
        return next(iter([*usual, *numbered.values()]))
    return next(((known[one], known[two]) for one, two in PAIRS if one in known and two in known), None)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[ -]+", "_", name).lower()


def likeliest(columns: Mapping[str, bool], *, labelled_words: bool = False) -> tuple[str, ...]:
    """Return which column holds the texts, or which two hold those of pairs; none where names do not tell.

    Args:
        columns: those that may hold texts, with whether each holds sequences of words.
        labelled_words: whether another column holds sequences of labels, one per word.

    Example:
        >>> likeliest({"title": False, "text": False}), likeliest({"question1": False, "question2": False})
        (('text',), ('question1', 'question2'))
        >>> likeliest({"summary": False, "reviewText": False})
        ('reviewText',)
        >>> both = {"text": False, "tokens": True}
        >>> likeliest(both), likeliest(both, labelled_words=True), likeliest({"x": False, "z": False})
        (('text',), ('tokens',), ())
    """
    plain = [name for name, words in columns.items() if not words]
    words = [name for name in WORDS for column in columns if columns[column] and column.lower() == name]
    if labelled_words and words:
        return (next(column for column in columns if column.lower() == words[0]),)
    pair = pair_among(plain)
    known = {_snake(name): name for name in reversed(list(columns))}
    known |= {name.lower(): name for name in reversed(list(columns))}
    if pair is not None and not ({"text", "texts"} & set(known)) - {name.lower() for name in pair}:
        return pair
    if len(plain) == 1:
        return (plain[0],)
    return tuple(known[name] for name in NAMES if name in known)[:1]

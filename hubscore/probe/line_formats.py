"""Text files with a format of their own: fastText's labels before each line, CoNLL's word and tag per line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

import pyarrow as pa

MARK = "__label__"
SEEN = 200
"""Lines that are looked at to tell the format."""

_TAG = re.compile(r"O|[BIESLU]-\S+")


def read_line_format(text: str) -> tuple[pa.Table, str] | None:
    r"""Read a text file of such a format.

    Returns:
        The table and what is to be said of it; none where the file has no such format.

    Example:
        >>> table, said = read_line_format("__label__good a fine film\n__label__bad a long film\n")
        >>> table.to_pydict()
        {'label': ['good', 'bad'], 'text': ['a fine film', 'a long film']}
        >>> table, said = read_line_format("Bo B-PER\nruns O\n\nAnn B-PER\nsits O\n")
        >>> table.to_pylist()[1]
        {'tokens': ['Ann', 'sits'], 'ner_tags': ['B-PER', 'O']}
    """
    lines = text.split("\n")
    start = [line for line in lines[:SEEN] if line.strip()]
    if start and all(line.startswith(MARK) for line in start):
        return _fasttext([line for line in lines if line.strip()]), f"each line begins with {MARK}, as fastText has it"
    first = list(map(str.split, start))
    tagged = [fields for fields in first if not _is_comment(fields)]
    if len(tagged) > 1 and all(len(fields) > 1 and _TAG.fullmatch(fields[-1]) for fields in tagged):
        return _conll(lines), "a word and its tag per line, and a blank line between sentences, as CoNLL has it"
    return None


def _fasttext(lines: Sequence[str]) -> pa.Table:
    """Read labels and text of each line; several labels become a list."""
    labels, texts = [], []
    for line in lines:
        words = line.split()
        marked = [word.removeprefix(MARK) for word in words if word.startswith(MARK)]
        labels.append(marked or None)
        texts.append(" ".join(word for word in words if not word.startswith(MARK)))
    single = all(some is None or len(some) == 1 for some in labels)
    return pa.table({"label": [some and some[0] for some in labels] if single else labels, "text": texts})


def _conll(lines: Sequence[str]) -> pa.Table:
    """Read the first field of each line as a word and the last as its tag."""
    sentences = []
    for full, some in groupby(map(str.split, lines), key=bool):
        words = [fields for fields in some if full and not _is_comment(fields) and len(fields) > 1]
        if words:
            sentences.append(words)
    return pa.table(
        {
            "tokens": [[fields[0] for fields in words] for words in sentences],
            "ner_tags": [[fields[-1] for fields in words] for words in sentences],
        }
    )


def _is_comment(fields: Sequence[str]) -> bool:
    return fields[0] == "-DOCSTART-" or (fields[0] == "#" and not _TAG.fullmatch(fields[-1]))

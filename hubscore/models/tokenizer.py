"""A checkpoint's own tokenizer, from files alone, as the transform of texts."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from hubscore.errors import HubscoreError
from hubscore.modalities.text.batches import CUT, IDS, TYPES, WORD, Prepared
from hubscore.modalities.text.items import WordInText, parts_of
from hubscore.models.checkpoint_files import one_line, read_json, refetch, refusal
from hubscore.text import byte_size
from hubscore.types import Candidate, Json

VOCABULARIES = (
    *("tokenizer.json", "vocab.txt", "vocab.json", "spiece.model", "spm.model", "sentencepiece.bpe.model"),
    *("sentencepiece.model", "tokenizer.model", "source.spm"),
)
_WITHOUT_VOCABULARY = ("ByT5Tokenizer", "CanineTokenizer", "PerceiverTokenizer")
_LARGEST = 128 * 2**20
"""Bytes of a file of a tokenizer; those of 250,000 words take 17 million."""
_USUAL = 512
_MOST = 1_000_000
"""Tokens beyond which a tokenizer's limit means that it has none."""
CHARACTERS = 32
"""Of a text that are read for each token of the limit: what lies behind is cut off before it is tokenised."""
_SHORT = 10_000
SENTENCE = "Which of these models should I fine-tune?"
"""What a network is tried on."""
_POSITIONS = ("max_position_embeddings", "n_positions", "n_ctx", "max_seq_len", "max_sequence_length")
"""What configurations call the most tokens that a network takes."""
_SHIFTED = frozenset(
    """camembert data2vec-text esm ibert longformer luke mpnet roberta roberta-prelayernorm xlm-roberta
    xlm-roberta-xl xmod""".split()
)
"""Networks whose first position is the one behind the padding's."""


class Tokens:
    """Texts as a network's tokenizer makes tokens of them, cut where the network's positions end.

    Args:
        candidate: for messages.
        tokenizer: of transformers.
        spec: the transform as plain values.

    Attributes:
        rows: of the network's table of tokens, where it is loaded: no token beyond is let through.
    """

    def __init__(self, candidate: Candidate, tokenizer: Any, spec: Json) -> None:
        self.candidate, self.tokenizer, self.spec = candidate, tokenizer, spec
        self.rows: int | None = None
        self._lock = threading.Lock()  # a tokenizer keeps how it cuts as a state

    def __call__(self, items: Sequence[Any]) -> list[Prepared]:
        """Return each text, or pair of texts, as its tokens.

        Raises:
            CandidateError: a token has no vector in the network.
        """
        with self._lock:
            return [self._one(item) for item in items]

    def _one(self, item: Any) -> Prepared:
        if isinstance(item, WordInText):
            found, cut = self._word(item)
        else:
            first, second = item if isinstance(item, tuple) else (item, None)
            found, cut = self._encoded(self._text(first), None if second is None else self._text(second))
        self._check(found[IDS])
        texts = {name: torch.tensor(numbers, dtype=torch.long) for name, numbers in found.items()}
        return {**texts, CUT: torch.tensor(cut or self._too_long(item))}

    def _text(self, text: str) -> str:
        text = self.spec["prefix"] + text[: self._most]
        return text.strip().lower() if self.spec["lower"] else text

    @property
    def _most(self) -> int:
        """Characters of a text that are read."""
        return max(_SHORT, CHARACTERS * int(self.spec["limit"]))

    def _too_long(self, item: Any) -> bool:
        return not isinstance(item, WordInText) and any(len(part) > self._most for part in parts_of(item))

    def _encoded(self, first: str, second: str | None) -> tuple[dict[str, list[int]], bool]:
        """Return the tokens, and whether some were cut off."""
        made = self._made(first, second, self.spec["limit"])
        return self._named(made), self._is_cut(made, first, second)

    def _made(self, first: str, second: str | None, limit: int | None) -> Any:
        return self.tokenizer(
            first,
            second,
            truncation=False if limit is None else "longest_first",
            max_length=limit,
            padding=False,
            return_token_type_ids=self.spec["types"],
            return_attention_mask=False,
            verbose=False,
        )

    def _named(self, made: Any) -> dict[str, list[int]]:
        ids = list(made[IDS]) or [self.spec["pad"]]  # of a text that is nothing to it
        types = {TYPES: list(made.get(TYPES) or [])[: len(ids)] or [0] * len(ids)} if self.spec["types"] else {}
        return {IDS: ids, **types}

    def _is_cut(self, made: Any, first: str, second: str | None) -> bool:
        if len(made[IDS]) < self.spec["limit"]:
            return False
        if self.tokenizer.is_fast:
            return bool(made.encodings[0].overflowing)
        return len(self._made(first, second, None)[IDS]) > int(self.spec["limit"])

    def _word(self, item: WordInText) -> tuple[dict[str, list[int]], bool]:
        """Return the tokens around a word and which of them is its first.

        Of a sentence that is too long, fewer words before the word are shown, as few as make it fit.
        """
        if not self.tokenizer.is_fast:
            why = "its tokenizer does not say which token a word became, as the task of these labels needs"
            raise refusal(self.candidate, why, "choose a checkpoint with a tokenizer.json")
        lower = self.spec["lower"]
        words = [word.lower() if lower else word for word in item.words]
        before = item.index
        while True:
            shown = words[item.index - before :]
            text = " ".join(shown)[: self._most]
            begins = len(" ".join(shown[:before])) + bool(before)
            made = self._made(text, None, self.spec["limit"])
            place = _first_token(made, range(begins, begins + len(shown[before])))
            if place is not None or not before:
                break
            before //= 2
        found, place = self._named(made), place or 0  # of a word that is nothing to the tokenizer: the first token
        mark = [int(at == place) for at in range(len(found[IDS]))]
        return {**found, WORD: mark}, before < item.index or self._is_cut(made, text, None)

    def _check(self, ids: Sequence[int]) -> None:
        if self.rows is not None and max(ids) >= self.rows:
            word = self.tokenizer.convert_ids_to_tokens(max(ids))
            why = (
                f"its tokenizer makes token {max(ids)} ({word!r}) of a text, and its table of tokens has {self.rows}"
                " rows: the two do not belong together"
            )
            raise refusal(self.candidate, why)


def _first_token(made: Any, characters: range) -> int | None:
    """Return the first token of some characters; none where they have none, or it was cut off."""
    found = (made.char_to_token(character) for character in characters)
    return next((token for token in found if token is not None), None)


def load_tokenizer(candidate: Candidate, folder: Path, config: Json, more: Mapping[str, Any]) -> tuple[Tokens, Json]:
    """Return the tokenizer of a checkpoint and the transform as plain values.

    Args:
        candidate: which.
        folder: holds its configuration and tokenizer.
        config: its ``config.json``.
        more: what else decides the features, as plain values; ``limit``, ``lower`` and ``prefix`` come before what the
            tokenizer says.

    Raises:
        CandidateError: there is no tokenizer, it needs code or a package, or it cannot be read.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    _check_files(candidate, folder)
    tokenizer = _loaded(candidate, folder)
    pad = next(
        (one for one in (tokenizer.pad_token_id, tokenizer.eos_token_id, tokenizer.unk_token_id) if one is not None), 0
    )
    spec: Json = {
        "library": "transformers",
        "tokenizer": type(tokenizer).__name__,
        "limit": _limit(tokenizer, config, pad),
        "pad": pad,
        "types": _types(tokenizer, config),
        "lower": False,
        "prefix": "",
        **more,
    }
    tokens = Tokens(candidate, tokenizer, spec)
    spec["example"] = {name: numbers.tolist() for name, numbers in tokens([SENTENCE])[0].items() if name != CUT}
    return tokens, spec


def _check_files(candidate: Candidate, folder: Path) -> None:
    settings = folder / "tokenizer_config.json"
    said = read_json(candidate, settings) if settings.is_file() else {}
    code = said.get("auto_map")
    if code:
        why = "its tokenizer needs code from its own repo (auto_map in tokenizer_config.json), and hubscore runs none"
        raise refusal(candidate, why, "choose a checkpoint whose tokenizer transformers has")
    there = [name for name in VOCABULARIES if (folder / name).is_file()]
    if not there and str(said.get("tokenizer_class", "")).removesuffix("Fast") not in _WITHOUT_VOCABULARY:
        why = f"it has no tokenizer: there is none of {', '.join(VOCABULARIES)}"
        raise refusal(candidate, why, "put the tokenizer that it was trained with beside its weights")
    for name in there:
        size = (folder / name).stat().st_size
        if size > _LARGEST:
            raise refusal(candidate, f"its {name} has {byte_size(size)}", refetch(candidate))


def _loaded(candidate: Candidate, folder: Path) -> Any:
    from transformers import AutoTokenizer

    try:
        tokenizer: Any = AutoTokenizer.from_pretrained(str(folder), trust_remote_code=False, local_files_only=True)
    except HubscoreError:
        raise
    except ImportError as error:
        raise refusal(candidate, f"its tokenizer needs a package that is not installed ({one_line(error)})") from error
    except Exception as error:  # the library raises nearly anything over what it finds in a tokenizer's files
        why = f"its tokenizer cannot be read ({type(error).__name__}: {one_line(error)})"
        raise refusal(candidate, why, refetch(candidate)) from error
    tokenizer.truncation_side = tokenizer.padding_side = "right"
    if len(tokenizer) <= len(set(tokenizer.all_special_ids)):
        raise refusal(candidate, "its tokenizer knows no words", refetch(candidate))
    return tokenizer


def _limit(tokenizer: Any, config: Json, pad: int) -> int:
    """Return the most tokens of a text: as many as the tokenizer allows and the network has positions for."""
    positions = next((config[name] for name in _POSITIONS if isinstance(config.get(name), int)), None)
    if positions is not None and config.get("model_type") in _SHIFTED:
        first = config.get("pad_token_id")
        positions -= (first if isinstance(first, int) else pad) + 1
    named = tokenizer.model_max_length
    known = [int(one) for one in (positions, named) if one is not None and 0 < one < _MOST]
    return min(known, default=_USUAL)


def _types(tokenizer: Any, config: Json) -> bool:
    """Whether the network is told which text of a pair a token is of: it may have a vector for one of them only."""
    kinds = config.get("type_vocab_size", 2)
    return TYPES in tokenizer.model_input_names and isinstance(kinds, int) and kinds > 1

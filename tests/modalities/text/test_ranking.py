"""Texts through the whole of a ranking: repos of the local Hub, the cache, and what is said of cut texts."""

import csv
import shutil

import transformers as tf
from models.texts import GPT2, SHAPE, WORDS, byte_pairs, save_text_network
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Normalize, Transformer
from sentence_transformers.sentence_transformer.modules import Pooling

from hubscore import rank


def table(path, rows=40):
    """Texts whose first word tells the class; every fourth is longer than the networks take."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        for row in range(rows):
            text = f"{'good' if row % 2 else 'lazy'} {WORDS[row % len(WORDS)]} {row}"
            writer.writerow([text + " film" * (100 if row % 4 == 0 else 0), ["no", "yes"][row % 2]])
    return path


def test_networks_of_every_kind_are_ranked_from_the_hub_and_again_from_the_cache(hub, tmp_path):
    inner = save_text_network(tmp_path / "bert", tf.BertModel, **SHAPE)
    sentences = SentenceTransformer(
        modules=[Transformer(str(inner), max_seq_length=64), Pooling(32, "cls"), Normalize()], device="cpu"
    )
    sentences.save(str(tmp_path / "sentences"))
    classifier = save_text_network(tmp_path / "classes", tf.BertForSequenceClassification, num_labels=3, **SHAPE)
    decoder = save_text_network(tmp_path / "gpt2", tf.GPT2LMHeadModel, byte_pairs(), **GPT2)
    names = [f"text/{name}" for name in ("sentences", "classes", "gpt2")]
    for name, folder in zip(names, (tmp_path / "sentences", classifier, decoder), strict=True):
        shutil.copytree(folder, hub.root / "models" / name)
    asked = {"models": names, "scores": ["logme", "leep", "layer_kernel_probe"], "cache_dir": tmp_path / "cache"}
    asked |= {"device": "cpu", "isolate": "never", "samples": 40, "subsamples": 0}
    first = rank(str(table(tmp_path / "texts.csv")), **asked)
    assert first.probe.modality == "text" and len(first) == 3 and not first.skipped
    assert first.record.forward_images == 120
    rows = {row.model: row for row in first.rows}
    assert "leep" in rows["text/classes"].scores and "leep" not in rows["text/gpt2"].scores
    assert all("layer_kernel_probe" in row.scores for row in first.rows)
    told = first.record.extractions
    assert told["text/sentences"]["transform"]["pooling"] == ["first"]
    assert told["text/classes"]["cut"] == {"share": 0.25, "limit": 64}
    again = rank(str(tmp_path / "texts.csv"), **asked)
    assert again.record.forward_images == 0 and again.rows[0].scores == first.rows[0].scores
    assert again.record.extractions["text/classes"]["cut"]["share"] == 0.25
    other = rank(str(tmp_path / "texts.csv"), **asked, pooling="mean")
    assert other.record.forward_images == 120

"""Networks that label words: their logits for words, against the library's own."""

import numpy as np
import pytest
import torch
import transformers as tf
from models.texts import BPE, DISTIL, GPT2, SHAPE, TEXTS, byte_pairs, save_text_network, text_candidate, word_pieces

from hubscore.extract.forward_pass import run_network
from hubscore.modalities.text.items import WordInText
from hubscore.models.load import load_network
from hubscore.models.word_head import word_classifier

WORDS = ("the", "quickest", "fox", "jumps")
KINDS = {
    "bert": (tf.BertForTokenClassification, SHAPE),
    "roberta": (tf.RobertaForTokenClassification, {**SHAPE, "type_vocab_size": 1}),
    "distilbert": (tf.DistilBertForTokenClassification, DISTIL),
    "gpt2": (tf.GPT2ForTokenClassification, GPT2),
    "llama": (tf.LlamaForTokenClassification, {**SHAPE, **BPE}),
}


def saved(folder, kind, **config):
    network_class, shape = KINDS[kind]
    tokenizer = byte_pairs() if kind in ("gpt2", "llama") else word_pieces()
    return save_text_network(folder, network_class, tokenizer, **{**shape, "num_labels": 5, **config})


def loaded(folder, **known):
    return load_network(text_candidate(folder, **known), folder)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("hidden_layers", [None, "mean"])
def test_words_have_the_logits_of_their_first_token(kind, hidden_layers, tmp_path):
    folder = saved(tmp_path, kind)
    items = [WordInText(WORDS, at) for at in range(len(WORDS))]
    found = run_network(loaded(folder, hidden_layers=hidden_layers), items)
    tokenizer = tf.AutoTokenizer.from_pretrained(folder)
    model = KINDS[kind][0].from_pretrained(folder).eval()
    text = " ".join(WORDS)
    made = tokenizer(text, return_tensors="pt")
    places = [made.char_to_token(text.index(word)) for word in WORDS]
    with torch.no_grad():
        expected = model(**made, output_hidden_states=True)
    np.testing.assert_allclose(found.logits, expected.logits[0, places], atol=1e-5)
    if hidden_layers is None:
        np.testing.assert_allclose(found.features, expected.hidden_states[-1][0, places], atol=1e-5)
    else:
        mean = torch.stack(expected.hidden_states[1:]).mean(dim=0)
        np.testing.assert_allclose(found.features, mean[0, places], atol=1e-5)


def test_texts_get_no_logits_of_a_head_for_words(tmp_path):
    network = loaded(saved(tmp_path, "bert"))
    assert run_network(network, TEXTS).logits is None and network.spec["word_logits"] is True
    assert not network.has_head and not any("classifier" in name for name, _ in network.module.named_modules())


def test_a_head_that_was_never_trained_gives_none(tmp_path):
    from safetensors.torch import load_file, save_file

    folder = saved(tmp_path, "bert")
    held = load_file(folder / "model.safetensors")
    held = {name: value for name, value in held.items() if not name.startswith("classifier")}
    save_file(held, folder / "model.safetensors", metadata={"format": "pt"})
    assert run_network(loaded(folder), [WordInText(WORDS, 1)]).logits is None


def test_one_label_is_no_classification(tmp_path):
    network = loaded(saved(tmp_path, "bert", num_labels=1))
    assert run_network(network, [WordInText(WORDS, 1)]).logits is None


def test_only_networks_for_words_are_taken():
    assert word_classifier(tf.BertForTokenClassification) is tf.BertForTokenClassification
    assert word_classifier(tf.BertForSequenceClassification) is None

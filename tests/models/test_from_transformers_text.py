"""Networks over text of every kind: their features against the library's own heads, padding, and what is refused."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
import transformers as tf
from models.texts import BPE, DISTIL, GPT2, SHAPE, T5, TEXTS, byte_pairs, save_text_network, text_candidate, word_pieces

from hubscore.errors import CandidateError
from hubscore.extract.forward_pass import run_network
from hubscore.extract.layer_pass import run_layers
from hubscore.modalities.text.items import WordInText
from hubscore.models.load import load_network, transform_spec

KINDS = {
    "bert": (tf.BertModel, {**SHAPE}),
    "masked bert": (tf.BertForMaskedLM, {**SHAPE}),
    "roberta": (tf.RobertaForMaskedLM, {**SHAPE, "type_vocab_size": 1}),
    "distilbert": (tf.DistilBertModel, DISTIL),
    "electra": (tf.ElectraForPreTraining, {**SHAPE, "embedding_size": 16}),
    "deberta": (tf.DebertaV2ForMaskedLM, {**SHAPE}),
    "xlnet": (tf.XLNetLMHeadModel, {"d_model": 32, "n_layer": 1, "n_head": 2, "d_inner": 48}),
    "convbert": (tf.ConvBertModel, {**SHAPE, "embedding_size": 32}),
    "gpt2": (tf.GPT2LMHeadModel, GPT2),
    "llama": (tf.LlamaForCausalLM, {**SHAPE, **BPE}),
    "t5": (tf.T5ForConditionalGeneration, T5),
    "t5 encoder": (tf.T5EncoderModel, T5),
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """One folder for each kind, written when it is asked for."""
    made = {}

    def folder(kind):
        if kind not in made:
            network_class, config = KINDS[kind]
            tokenizer = byte_pairs() if kind in ("gpt2", "llama") else word_pieces()
            place = tmp_path_factory.mktemp(kind.replace(" ", "-"))
            made[kind] = save_text_network(place, network_class, tokenizer, **config)
        return made[kind]

    return folder


def loaded(folder, **known):
    return load_network(text_candidate(folder, **known), folder)


@pytest.mark.parametrize("kind", KINDS)
def test_padding_changes_no_row(kind, folders):
    """Within 1e-6 of the largest feature: sums over a longer row add up the same numbers in another order."""
    network = loaded(folders(kind))
    together = run_network(network, TEXTS, batch_size=64).features
    alone = run_network(network, TEXTS, batch_size=1).features
    assert together.shape == (len(TEXTS), 32) and np.abs(together).max() > 0.01
    assert np.abs(together - alone).max() <= 1e-6 * max(1, np.abs(alone).max())
    assert network.spec == transform_spec(text_candidate(folders(kind)), folders(kind))
    assert network.modality == "text" and not network.has_head


def head_inputs(folder, network_class, texts, layer):
    """What a layer of the library's own classification network is given, each text by itself."""
    tokenizer = tf.AutoTokenizer.from_pretrained(folder)
    model = network_class.from_pretrained(folder, num_labels=7).eval()
    given = []
    model.get_submodule(layer).register_forward_hook(lambda module, inputs, out: given.append(inputs[0].detach()))
    with torch.no_grad():
        for text in texts:
            model(**tokenizer(text, return_tensors="pt", truncation=True))
    return np.stack([(one[0, -1] if one.ndim == 3 else one[0]).numpy() for one in given])


@pytest.mark.parametrize(
    ("kind", "network_class", "layer"),
    [
        ("bert", tf.BertForSequenceClassification, "classifier"),
        ("masked bert", tf.BertForSequenceClassification, "bert.pooler.dense"),
        ("roberta", tf.RobertaForSequenceClassification, "classifier.dense"),
        ("distilbert", tf.DistilBertForSequenceClassification, "pre_classifier"),
        ("electra", tf.ElectraForSequenceClassification, "classifier.dense"),
        ("gpt2", tf.GPT2ForSequenceClassification, "score"),
    ],
)
def test_features_are_what_the_first_new_layer_is_given(kind, network_class, layer, folders):
    texts = [text for text in TEXTS if text.strip()]
    network = loaded(folders(kind))
    expected = head_inputs(folders(kind), network_class, texts, layer)
    if layer.endswith("pooler.dense"):
        expected = expected.reshape(len(texts), -1)
    np.testing.assert_allclose(run_network(network, texts).features, expected, atol=2e-6)
    assert "head of" in network.features


def test_encoders_of_encoder_decoders_are_averaged(folders):
    tokenizer = tf.AutoTokenizer.from_pretrained(folders("t5"))
    model = tf.T5EncoderModel.from_pretrained(folders("t5")).eval()
    with torch.no_grad():
        expected = [model(tokenizer(text, return_tensors="pt").input_ids)[0][0].mean(dim=0) for text in TEXTS[:3]]
    network = loaded(folders("t5"))
    np.testing.assert_allclose(run_network(network, TEXTS[:3]).features, torch.stack(expected), atol=2e-6)
    assert network.features == "mean over tokens of the last layer"
    assert network.parameters == sum(one.numel() for one in model.parameters())


def test_a_classification_head_gives_its_logits(tmp_path):
    folder = save_text_network(tmp_path, tf.BertForSequenceClassification, num_labels=4, **SHAPE)
    network = loaded(folder)
    found = run_network(network, TEXTS)
    tokenizer, model = tf.AutoTokenizer.from_pretrained(folder), network.module
    with torch.no_grad():
        expected = model(**tokenizer(TEXTS, return_tensors="pt", padding=True, truncation=True)).logits
    np.testing.assert_allclose(found.logits, expected, atol=1e-5)
    weight, bias = (part.detach().numpy() for part in (model.classifier.weight, model.classifier.bias))
    np.testing.assert_allclose(found.features @ weight.T + bias, found.logits, atol=1e-5)
    assert network.has_head


def test_a_head_with_one_output_gives_no_probabilities(tmp_path):
    network = loaded(save_text_network(tmp_path, tf.BertForSequenceClassification, num_labels=1, **SHAPE))
    assert run_network(network, TEXTS).logits is None and "one output" in network.no_probabilities


def test_another_pooling_and_the_mean_over_layers(folders, tmp_path):
    tokenizer, model = tf.AutoTokenizer.from_pretrained(folders("bert")), tf.BertModel.from_pretrained(folders("bert"))
    with torch.no_grad():
        given = model.eval()(**tokenizer(TEXTS[1], return_tensors="pt", truncation=True), output_hidden_states=True)
    layers = torch.stack(given.hidden_states[1:]).mean(dim=0)[0]
    network = loaded(folders("bert"), hidden_layers="mean")
    np.testing.assert_allclose(run_network(network, TEXTS).features[1], layers.mean(dim=0), atol=2e-6)
    assert network.features == "mean over tokens of the mean over all layers"
    for way, expected in (("max", given.last_hidden_state[0].amax(dim=0)), ("last", given.last_hidden_state[0, -1])):
        network = loaded(folders("bert"), pooling=way)
        np.testing.assert_allclose(run_network(network, TEXTS).features[1], expected, atol=2e-6)


@pytest.mark.parametrize("hidden_layers", [None, "mean"])
def test_a_classifier_keeps_its_logits_under_another_pooling(hidden_layers, tmp_path):
    folder = save_text_network(tmp_path, tf.BertForSequenceClassification, num_labels=4, **SHAPE)
    own = run_network(loaded(folder), TEXTS)
    other = run_network(loaded(folder, pooling="max", hidden_layers=hidden_layers), TEXTS)
    np.testing.assert_allclose(other.logits, own.logits, atol=1e-5)
    assert np.abs(other.features - own.features).max() > 0.1


def test_which_texts_were_cut_is_known_of_each_row(folders):
    found = run_network(loaded(folders("bert")), TEXTS).facts["cut"]
    assert found.shape == (len(TEXTS), 1) and found[:, 0].tolist() == [0, 0, 0, 0, 0, 1]


def test_the_kernel_of_the_layers_knows_no_padding(folders, tmp_path):
    rows = [str(number) for number in range(len(TEXTS))]
    kernels = [
        run_layers(loaded(folders("bert")), TEXTS, rows, folder=tmp_path, batch_size=size).kernel for size in (1, 6)
    ]
    np.testing.assert_allclose(*kernels, atol=1e-5)


def test_words_have_the_features_of_their_first_token(folders):
    words = ("the", "quickest", "fox", "\u200b", "jumps")
    network, model = loaded(folders("bert")), tf.BertModel.from_pretrained(folders("bert")).eval()
    tokenizer = tf.AutoTokenizer.from_pretrained(folders("bert"))
    items = [WordInText(words, at) for at in (0, 1, 2, 4)] + [WordInText(("dog",) * 300 + ("fox", "dog"), 300)]
    found = run_network(network, items).features
    made = tokenizer(" ".join(words), return_tensors="pt")
    with torch.no_grad():
        tokens = model(**made).last_hidden_state[0]
    text = " ".join(words)
    places = [made.char_to_token(text.index(word)) for word in ("the", "quickest", "fox", "jumps")]
    np.testing.assert_allclose(found[:4], tokens[places], atol=2e-6)
    (far,) = network.transform_all(items[-1:])
    assert tokenizer.decode(far["input_ids"][far["word"].bool()]) == "fox" and far["cut"]


def test_a_vocabulary_larger_than_the_table_of_tokens_is_told_before_anything_runs(tmp_path):
    folder = save_text_network(tmp_path, tf.BertModel, vocab_size=20, **SHAPE)
    with pytest.raises(CandidateError, match="its table of tokens has 20 rows"):
        loaded(folder)


def test_a_token_beyond_the_table_stops_a_network_only_where_it_occurs(tmp_path):
    tokenizer = word_pieces()
    tokenizer.add_tokens(["sesquipedalian"])
    network = loaded(save_text_network(tmp_path, tf.BertModel, tokenizer, vocab_size=len(tokenizer) - 1, **SHAPE))
    assert len(run_network(network, TEXTS).features) == len(TEXTS)
    with pytest.raises(CandidateError, match="'sesquipedalian'"):
        run_network(network, ["a sesquipedalian film"])


def test_a_repo_without_a_tokenizer_is_named(folders, tmp_path):
    for name in ("config.json", "model.safetensors"):
        shutil.copy(folders("bert") / name, tmp_path)
    with pytest.raises(CandidateError, match="it has no tokenizer: there is none of"):
        loaded(tmp_path)


def test_a_tokenizer_that_needs_code_is_refused(folders, tmp_path):
    folder = shutil.copytree(folders("bert"), tmp_path / "net")
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    settings["auto_map"] = {"AutoTokenizer": ["tokenization_own.OwnTokenizer", None]}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    (folder / "tokenization_own.py").write_text("raise SystemExit('it ran')")
    with pytest.raises(CandidateError, match="its tokenizer needs code from its own repo"):
        loaded(folder)


@pytest.mark.parametrize("content", ["{", "[]", '{"version": "1.0", "model": {"type": "Unknown"}}', "\0"])
def test_a_damaged_tokenizer_is_refused(content, folders, tmp_path):
    folder = shutil.copytree(folders("bert"), tmp_path / "net")
    (folder / "tokenizer.json").write_text(content)
    with pytest.raises(CandidateError, match="tokenizer"):
        loaded(folder)


def test_weights_that_the_features_need_must_be_there(folders, tmp_path):
    from safetensors.torch import load_file, save_file

    folder = shutil.copytree(folders("bert"), tmp_path / "net")
    held = load_file(folder / "model.safetensors")
    held = {name: value for name, value in held.items() if "layer.1.output.dense" not in name}
    save_file(held, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(CandidateError, match="its weights do not fit Bert"):
        loaded(folder)


def test_pixels_are_no_size_of_texts(folders):
    with pytest.raises(CandidateError, match="texts have no pixels"):
        load_network(text_candidate(folders("bert")), folders("bert"), input_size=224)
    assert Path(folders("bert")).is_dir()


@pytest.mark.parametrize("kind", ["bert", "distilbert", "gpt2", "t5"])
def test_every_layer_side_by_side(kind, folders):
    every = loaded(folders(kind), hidden_layers="best")
    found, mean = run_network(every, TEXTS).features, run_network(loaded(folders(kind), hidden_layers="mean"), TEXTS)
    layers = found.reshape(len(TEXTS), every.spec["layers"], -1)
    np.testing.assert_allclose(layers.mean(axis=1), mean.features, atol=2e-6)
    last = run_network(loaded(folders(kind), pooling="mean"), TEXTS).features
    np.testing.assert_allclose(layers[:, -1], last, atol=2e-6)
    assert every.features == "mean over tokens of each layer"
    word = run_network(every, [WordInText(("the", "fox"), 1)]).features
    assert word.shape == (1, layers.shape[1] * layers.shape[2])

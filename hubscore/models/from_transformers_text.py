"""transformers checkpoints as networks over text: encoders, decoders, sentence-transformers' repos, and classifiers."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from hubscore.modalities.text.batches import example
from hubscore.models.batch import Batch
from hubscore.models.checkpoint_files import refusal, refuse_not_a_number
from hubscore.models.config_numbers import check_numbers
from hubscore.models.fresh_weights import depends_on, misfit, quiet
from hubscore.models.from_transformers import class_of
from hubscore.models.head_kind import without_softmax
from hubscore.models.network import Network
from hubscore.models.pooling import WORDS
from hubscore.models.pretrained import load_pretrained
from hubscore.models.sentence_transformers import SentenceReading, build_steps, sentence_reading
from hubscore.models.text_head import head_of, own_classifier, without_head
from hubscore.models.text_run import EVERY, HeadRun, PooledRun, unpadded
from hubscore.models.tokenizer import SENTENCE, Tokens, load_tokenizer
from hubscore.models.weight_files import TRANSFORMERS_WEIGHTS, find_weights
from hubscore.models.word_head import load_word_head, word_classifier
from hubscore.types import Candidate, Json

_CLASSIFIER = "ForSequenceClassification"
_LAYERS = {"last": "the last layer", "mean": "the mean over all layers", EVERY: "each layer"}


def load(candidate: Candidate, folder: Path, config: Json, *, input_size: int | None = None) -> Network:
    """Return a network over text with the weights of a folder; errors as
    :func:`hubscore.models.load.load_network`.
    """
    reading = _reading(candidate, folder, config, input_size)
    tokens, spec = load_tokenizer(candidate, folder, config, reading.spec)
    loaded = _load(candidate, folder, config, reading)
    tokens.rows = _rows(loaded.model)
    tokens([SENTENCE])  # it is the first to be run, and says so where the network has no vector of a token
    with quiet():
        return _network(candidate, folder, reading, loaded, tokens, spec)


def transform_spec(candidate: Candidate, folder: Path, config: Json, *, input_size: int | None = None) -> Json:
    """Return how texts become tokens, and tokens features, as plain values."""
    return load_tokenizer(candidate, folder, config, _reading(candidate, folder, config, input_size).spec)[1]


@dataclass(frozen=True)
class _Reading:
    """How features are made of a text.

    Attributes:
        network_class: what is loaded.
        classifies: whether the checkpoint has a classification head.
        ways: of pooling; none where a classification head decides.
        sentence: what a repo of sentence-transformers says.
        config: ``config.json``.
        layers: whose outputs are pooled: ``last``, the ``mean`` over all, or each for itself (``best``).
        words: the class of a checkpoint that labels words, whose head gives the logits of words.
    """

    network_class: Any
    classifies: bool
    ways: tuple[str, ...] | None
    sentence: SentenceReading | None
    config: Json
    layers: str = "last"
    words: Any | None = None

    @property
    def spec(self) -> Json:
        """What of it decides the features' numbers, as plain values."""
        said = self.sentence
        more: Json = {} if said is None else {"steps": list(said.steps), "lower": said.lower, "prefix": said.prefix}
        if said is not None and said.limit is not None:
            more["limit"] = said.limit
        if self.words is not None:
            more["word_logits"] = True
        if self.layers == EVERY:
            more["layers"] = _count(self.config)
        return {"pooling": "head" if self.ways is None else list(self.ways), "hidden_layers": self.layers, **more}


@dataclass(frozen=True)
class _Loaded:
    """A network with its weights.

    Attributes:
        model: in evaluation mode.
        fresh: names of weights that the checkpoint lacks, with what is wrong with each.
        words: the network that labels words, around the same encoder, where the checkpoint is one.
    """

    model: Any
    fresh: dict[str, str]
    words: Any | None = None


def _reading(candidate: Candidate, folder: Path, config: Json, input_size: int | None) -> _Reading:
    """Decide by its files how a checkpoint's features are made."""
    if input_size is not None:
        raise refusal(
            candidate, "texts have no pixels, and --input-size is their number per side", "leave out --input-size"
        )
    found, _ = class_of(candidate, config)
    sentence = sentence_reading(candidate, folder, alone=candidate.pooling is not None)
    layers = candidate.hidden_layers or "last"
    asked = (candidate.pooling,) if candidate.pooling else ("mean",) if layers != "last" else None
    if sentence is not None and candidate.pooling is None:
        return _Reading(_body_class(config), False, sentence.ways, sentence, config, layers)
    if found.__name__.endswith(_CLASSIFIER):
        return _Reading(found, True, asked, None, config, layers)
    own = None if _has_decoder(config) or sentence is not None else own_classifier(config)
    words = None if _has_decoder(config) else word_classifier(found)
    if own is None or asked is not None:
        return _Reading(_body_class(config), False, asked or ("mean",), sentence, config, layers, words)
    return _Reading(own, False, None, None, config, words=words)


def _body_class(config: Json) -> Any:
    """Return the class of the network without any head."""
    import transformers

    return transformers.MODEL_MAPPING[transformers.CONFIG_MAPPING[config["model_type"]]]


def _has_decoder(config: Json) -> bool:
    """Whether networks of this kind have an encoder and a decoder; a checkpoint may hold the encoder alone."""
    from transformers import CONFIG_MAPPING

    return bool(config.get("is_encoder_decoder") or CONFIG_MAPPING[config["model_type"]]().is_encoder_decoder)


def _count(config: Json) -> int:
    """Return how many layers a network has; it is checked against what they give."""
    from transformers import CONFIG_MAPPING

    return int(CONFIG_MAPPING[config["model_type"]].from_dict(dict(config)).num_hidden_layers)


def _load(candidate: Candidate, folder: Path, config: Json, reading: _Reading) -> _Loaded:
    from transformers import CONFIG_MAPPING

    weights = find_weights(candidate, folder, TRANSFORMERS_WEIGHTS)
    check_numbers(candidate, config, weights.header)
    settings: Any = CONFIG_MAPPING[config["model_type"]].from_dict(dict(config))
    settings.use_cache = False
    own = deepcopy(settings)
    if not reading.classifies:
        settings.num_labels = 3  # of a head that is taken off again
        settings.problem_type = None
    model, fresh = load_pretrained(candidate, folder, weights, reading.network_class, settings)
    words = None
    if reading.words is not None and not without_softmax(config, own.num_labels):
        with quiet():
            words = load_word_head(reading.words, weights.path, own, model.base_model)
    return _Loaded(model, fresh, words)


def _rows(model: Any) -> int | None:
    """Return how many tokens a network has vectors of."""
    table = model.get_input_embeddings()
    rows: int | None = getattr(table, "num_embeddings", None)
    return rows


def _network(
    candidate: Candidate, folder: Path, reading: _Reading, loaded: _Loaded, tokens: Tokens, spec: Json
) -> Network:
    """Return the network, and refuse one whose features hang on weights that its checkpoint lacks."""
    batch, model, pad = example(spec), loaded.model, int(spec["pad"])
    pad = pad if tokens.rows is None or pad < tokens.rows else 0  # it is never looked at, but looked up
    model.config.pad_token_id = pad
    head = None
    if reading.ways is None or reading.classifies:
        head = _with_head(candidate, reading, loaded, batch, pad)
    made = head if head and reading.ways is None else _pooled(candidate, folder, reading, loaded, pad, head)
    if loaded.fresh and depends_on(model, lambda: made.run(batch), loaded.fresh):
        raise misfit(candidate, model, loaded.fresh)
    return Network(
        candidate.repo_id,
        made.module,
        tokens,
        spec,
        unpadded(made.run, batch),
        reading.classifies and not made.without,
        made.words,
        modality="text",
        no_probabilities=made.without,
    )


@dataclass(frozen=True)
class _Made:
    """How a network runs.

    Attributes:
        run: the forward pass.
        module: what it runs.
        words: what its features are.
        without: why a head that is there gives no logits of source classes.
    """

    run: Any
    module: torch.nn.Module
    words: str
    without: str = ""


def _with_head(candidate: Candidate, reading: _Reading, loaded: _Loaded, batch: Batch, pad: int) -> _Made | None:
    """Return the pass up to the head of a classification network; none where what the head is given was not trained."""
    model = loaded.model
    head = head_of(model, batch, pad, loaded.fresh)
    if head is None and reading.classifies:
        refuse_not_a_number(candidate, model)
        raise refusal(candidate, f"the linear layer that gives the logits of {type(model).__name__} was not found")
    if head is None:
        return None
    if reading.classifies:
        without = without_softmax(reading.config, head.outputs)
        return _Made(HeadRun(model, head.layer, pad, logits=not without), model, head.words, without)
    module, layer = without_head(model, head, loaded.fresh)
    run = HeadRun(model, layer, pad, logits=False, words=loaded.words)
    return None if depends_on(model, lambda: run(batch), loaded.fresh) else _Made(run, module, head.words)


def _pooled(
    candidate: Candidate, folder: Path, reading: _Reading, loaded: _Loaded, pad: int, head: _Made | None
) -> _Made:
    """Return the pass that pools an encoder's outputs; with the logits of a head, where there is one."""
    model = loaded.model
    body = model.get_encoder() if _has_decoder(reading.config) else model.base_model
    ways, said = reading.ways or ("mean",), reading.sentence
    words = f"{' and '.join(WORDS[way] for way in ways)} of {_LAYERS[reading.layers]}"
    if head is not None and reading.classifies:
        run = PooledRun(body, pad, ways, layers=reading.layers, head=head.run)
        return _Made(run, head.module, words, head.without)
    if said is None or not said.steps:
        return _Made(PooledRun(body, pad, ways, layers=reading.layers, words=loaded.words), body, words)
    steps = build_steps(candidate, folder, said.steps)
    whole = torch.nn.ModuleDict({"body": body, "steps": steps}).eval() if list(steps.parameters()) else body
    names = ", ".join(str(step["type"]) for step in said.steps)
    run = PooledRun(body, pad, ways, steps=steps, layers=reading.layers)
    return _Made(run, whole, f"{words}, then {names} (sentence-transformers)")

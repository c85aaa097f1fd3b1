"""One forward pass over a batch of tokenised texts: what a new head would be given, and the logits of the old one."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch

from hubscore.modalities.text.batches import IDS, MASK, TYPES, WORD
from hubscore.models.batch import Batch, take_rows
from hubscore.models.classifier_head import caught
from hubscore.models.network import Answer
from hubscore.models.pooling import last_places, pick_tokens, pool_tokens

EVERY = "best"
"""Every layer's outputs, of which the ranking takes the best."""
_SAME = 1e-4
"""Of the largest feature: what padding may change, beyond the last bits in which longer sums differ."""


class HeadRun:
    """Features are what a linear layer of a classification network is given.

    Args:
        model: returns ``logits``; its encoder is its ``base_model``.
        layer: the layer.
        pad: the token that fills the end of a short text.
        logits: whether the outputs are logits of source classes, and returned.
        words: the network that labels words, around the same encoder.
    """

    def __init__(self, model: Any, layer: torch.nn.Module, pad: int, *, logits: bool, words: Any | None = None) -> None:
        self.model, self.layer, self.pad, self.logits, self.words = model, layer, pad, logits, words

    def __call__(self, batch: Batch) -> Answer:
        """Return the features of a text's last token where the layer sees every token; of a word, the encoder's."""
        if WORD in batch:
            return _words(self.model.base_model, batch, self.pad, self.words)
        with caught([self.layer]) as calls:
            output = self.model(**arguments(self.model, batch, self.pad))
        _, given, answer = calls[0]
        if given.ndim == 3:
            places = last_places(batch[MASK])
            given, logits = pick_tokens(given, places), pick_tokens(answer, places)
        else:
            logits = output.logits
        return given, logits if self.logits and logits.shape[-1] > 1 else None


class PooledRun:
    """Features are an encoder's outputs, pooled over the tokens.

    Args:
        body: the encoder.
        pad: the token that fills the end of a short text.
        ways: of pooling, side by side.
        steps: what a pooled vector goes through.
        layers: ``last``; ``mean`` where the outputs of all are averaged before they are pooled; :data:`EVERY`.
        head: the pass through the whole of a classifier, whose logits are returned.
        words: the network that labels words, around the same encoder.
    """

    def __init__(
        self,
        body: Any,
        pad: int,
        ways: Sequence[str],
        *,
        steps: torch.nn.Module | None = None,
        layers: str = "last",
        head: HeadRun | None = None,
        words: Any | None = None,
    ) -> None:
        self.body, self.pad, self.ways, self.steps, self.layers = body, pad, ways, steps, layers
        self.head, self.words = head, words
        if layers != "last" and (head is not None or words is not None):
            body.config.output_hidden_states = True  # what the head is given of it is not changed

    def __call__(self, batch: Batch) -> Answer:
        """Return the features, and the logits of a head."""
        if WORD in batch:
            return _words(self.body, batch, self.pad, self.words, layers=self.layers)
        logits = None
        if self.head is None:
            tokens = outputs(self.body, batch, self.pad, layers=self.layers)
        else:
            with _output_of(self.body) as found:
                _, logits = self.head(batch)
            tokens = _tokens(found[0], layers=self.layers)
        pooled = pool_tokens(tokens, batch[MASK], self.ways)
        if self.layers == EVERY:
            return self._of_each(pooled), logits
        return pooled if self.steps is None else self.steps(pooled), logits

    def _of_each(self, pooled: torch.Tensor) -> torch.Tensor:
        """Return the vectors of all layers side by side, each with all ways of pooling and behind the steps."""
        n, ways, count = len(pooled), len(self.ways), self.body.config.num_hidden_layers
        each = pooled.view(n, ways, count, -1).transpose(1, 2).reshape(n * count, -1)
        return (each if self.steps is None else self.steps(each)).reshape(n, -1)


class ByLength:
    """Runs texts of one length at a time, for networks in which padding changes what a text gives.

    Args:
        run: a forward pass.
    """

    def __init__(self, run: Any) -> None:
        self.run = run

    def __call__(self, batch: Batch) -> Answer:
        """Return what each text gives without padding."""
        lengths = batch[MASK].sum(dim=1)
        features: list[Any] = [None] * len(lengths)
        logits: list[Any] = [None] * len(lengths)
        for length in sorted(set(lengths.tolist())):
            places = (lengths == length).nonzero().flatten()
            part = take_rows(batch, places).items()
            cut = {name: values if values.ndim == 1 else values[:, :length] for name, values in part}
            found, said = self.run(cut)
            for at, place in enumerate(places.tolist()):
                features[place], logits[place] = found[at], None if said is None else said[at]
        return torch.stack(features), None if logits[0] is None else torch.stack(logits)


def unpadded(run: Any, example: Batch) -> Any:
    """Return a forward pass in which padding changes no text's features: the same one where that is so by itself.

    Args:
        run: a forward pass.
        example: one text that it takes.
    """
    texts = _of_three_lengths(example)
    with torch.no_grad():
        alone = torch.cat([run(text)[0] for text in texts])
        try:
            together = run(_padded(texts))[0]
        except Exception:  # what it makes of texts of several lengths is not known, so it gets them of one
            return ByLength(run)
    same = (alone - together).abs() <= _SAME * alone.abs().amax(dim=1, keepdim=True)
    return run if bool(same.all()) else ByLength(run)


def arguments(forward: Any, batch: Batch, pad: int) -> dict[str, Any]:
    """Return a batch as a network takes it, with its own token behind each text's end."""
    given: dict[str, Any] = {IDS: torch.where(batch[MASK] == 0, pad, batch[IDS])}
    takes = inspect.signature(forward.forward).parameters
    given |= {name: batch[name] for name in (MASK, TYPES) if name in batch and name in takes}
    return given | ({"use_cache": False} if "use_cache" in takes else {})


def outputs(body: Any, batch: Batch, pad: int, *, layers: str = "last") -> torch.Tensor:
    """Return what an encoder gives for each token, shape (n, length, d): of its last layer, the mean over layers, or
    all layers side by side, the first one first.
    """
    options = {} if layers == "last" else {"output_hidden_states": True}
    given = body(**arguments(body, batch, pad), **options, return_dict=True)
    return _tokens(given, layers=layers)


def _tokens(given: Any, *, layers: str) -> torch.Tensor:
    if layers == EVERY:
        return torch.cat(given.hidden_states[1:], dim=-1)
    if layers == "mean":
        return torch.stack(given.hidden_states[1:]).mean(dim=0)
    last: torch.Tensor = given.last_hidden_state
    return last


@contextmanager
def _output_of(module: torch.nn.Module) -> Iterator[list[Any]]:
    """Collect what a module returns while the block runs."""
    found = list[Any]()
    hook = module.register_forward_hook(lambda module, given, out: found.append(out))
    try:
        yield found
    finally:
        hook.remove()


def _words(body: Any, batch: Batch, pad: int, head: Any | None, *, layers: str = "last") -> Answer:
    """Return what the encoder gives for the first token of each row's word, shape (n, d), and the logits that the head
    of a network for words gives there.
    """
    places = batch[WORD].argmax(dim=1)
    if head is None:
        return pick_tokens(outputs(body, batch, pad, layers=layers), places), None
    head.to(batch[MASK].device)  # the module that is moved is the encoder; it is in the head's network too
    with _output_of(body) as found:
        logits = head(**arguments(body, batch, pad)).logits
    return pick_tokens(_tokens(found[0], layers=layers), places), pick_tokens(logits, places)


def _of_three_lengths(example: Batch) -> list[Batch]:
    """Return a text of three tokens, the example, and one twice as long; all have the same tokens at their ends."""
    short = {name: torch.cat([part[:, :2], part[:, -1:]], dim=1) for name, part in example.items()}
    longer = {name: torch.cat([part[:, :-1], part[:, 1:]], dim=1) for name, part in example.items()}
    return [short, dict(example), longer]


def _padded(texts: Sequence[Batch]) -> Batch:
    longest = max(text[MASK].shape[1] for text in texts)
    return {
        name: torch.cat([torch.nn.functional.pad(text[name], (0, longest - text[name].shape[1])) for text in texts])
        for name in texts[0]
    }

"""The network of a configuration without its weights: enough to see how it is built, and free of any download."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from hubscore.errors import CandidateError, HubscoreError
from hubscore.modalities.image.batches import PIXELS
from hubscore.models.bounded_build import BuildStopped, Built, counted
from hubscore.models.checkpoint_files import one_line, read_config, refusal
from hubscore.models.config_numbers import check_numbers
from hubscore.models.encoders import Encoder
from hubscore.models.load import own_size
from hubscore.models.weights_header import WeightsHeader
from hubscore.types import Candidate, Json

_USUAL = 224
_LARGEST = WeightsHeader(tensors=2_000, numbers=20_000_000_000, largest=1_000_000, file_bytes=0)
"""More than any network over images has."""
_TOO_LARGE = "its configuration describes a network larger than any over images"


@dataclass(frozen=True)
class EmptyNetwork:
    """A network on torch's meta device, whose parameters have shapes but no values.

    Attributes:
        module: in evaluation mode; turns an item into logits, or into features where it has no head.
        example: one item that it takes, there too.
    """

    module: torch.nn.Module
    example: torch.Tensor


def empty_network(candidate: Candidate, folder: Path) -> EmptyNetwork:
    """Return the network that a folder's ``config.json`` describes; no weights are read, and no code of the folder is
    run.

    Raises:
        CandidateError: there is no such file, or neither timm nor transformers knows what it describes.

    Example:
        >>> empty = empty_network(candidate, folder)  # doctest: +SKIP
        >>> empty.module(empty.example).shape  # doctest: +SKIP
        torch.Size([1, 1000])
    """
    config = read_config(candidate, folder)
    wrapped = config.get("model_type") == "timm_wrapper" or ("architecture" in config and "model_type" not in config)
    _check_size(candidate, lambda: check_numbers(candidate, config, _LARGEST))
    try:
        with _largest(candidate), torch.device("meta"), torch.no_grad():
            return _of_timm(candidate, config) if wrapped else _of_transformers(candidate, config)
    except HubscoreError:
        raise
    except Exception as error:  # the libraries raise nearly anything over what they find in a configuration
        why = f"its configuration does not describe a network that can be built ({one_line(error)})"
        raise refusal(candidate, why) from error


@contextmanager
def _largest(candidate: Candidate) -> Iterator[None]:
    """Refuse a network larger than any, as soon as so much of it is built."""
    try:
        with counted(Built(), _LARGEST):
            yield
    except BuildStopped as stopped:
        raise refusal(candidate, _TOO_LARGE) from stopped


def _check_size(candidate: Candidate, check: Callable[[], None]) -> None:
    """Refuse numbers beyond those of the largest network; there are no weights to compare them with."""
    try:
        check()
    except CandidateError as error:
        raise refusal(candidate, _TOO_LARGE) from error


def empty_timm(architecture: str) -> EmptyNetwork | None:
    """Return a network that timm knows by its name; none where it knows none."""
    import timm
    from timm.data import resolve_data_config

    if not timm.is_model(architecture):
        return None
    with torch.device("meta"), torch.no_grad():
        module: Any = timm.create_model(architecture, pretrained=False).eval()
        size = resolve_data_config({}, model=module)["input_size"]
        return EmptyNetwork(module, torch.zeros(1, *size))


def _of_timm(candidate: Candidate, config: Json) -> EmptyNetwork:
    import timm

    from hubscore.models.from_timm import transform_spec

    spec = transform_spec(candidate, Path(), config)  # says what timm does not know
    options = dict(config.get("model_args") or {})
    classes = options.pop("num_classes", config.get("num_classes"))
    made: Any = timm.create_model(
        config["architecture"], pretrained=False, **options, **({} if classes is None else {"num_classes": classes})
    )
    return EmptyNetwork(made.eval(), torch.zeros(1, spec["channels"], *spec["input_size"]))


def _of_transformers(candidate: Candidate, config: Json) -> EmptyNetwork:
    from hubscore.models.from_transformers import class_of, self_contained

    network_class, classifies = class_of(candidate, config)
    described = self_contained(candidate, config)
    made = (
        network_class._from_config(described)
        if hasattr(network_class, "_from_config")
        else network_class.from_config(described)
    ).eval()
    side = own_size(config) or _USUAL
    vision = config.get("vision_config")
    channels = {**(vision if isinstance(vision, dict) else {}), **config}.get("num_channels") or 3
    image = torch.zeros(1, channels, side, side)
    if classifies:
        return EmptyNetwork(_Answer(made, lambda pixels: made(pixels)["logits"]).eval(), image)
    encoder = Encoder(made)
    return EmptyNetwork(_Answer(encoder.module, lambda pixels: encoder({PIXELS: pixels})[0]).eval(), image)


class _Answer(torch.nn.Module):
    """A network behind a function that runs it."""

    def __init__(self, body: torch.nn.Module, answer: Callable[[torch.Tensor], torch.Tensor]) -> None:
        super().__init__()
        self.body, self.answer = body, answer

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return what the network puts out."""
        return self.answer(pixels)

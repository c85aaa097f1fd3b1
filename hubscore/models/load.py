"""From a checkpoint's folder to a network that runs. Nothing here talks to the Hub."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch

from hubscore.errors import HubscoreError
from hubscore.modalities.registry import MODALITIES
from hubscore.models.checkpoint_files import one_line, other_size, read_config, refusal, refuse_not_a_number
from hubscore.models.network import Network
from hubscore.registry import load_target
from hubscore.types import Candidate, Json


def load_network(candidate: Candidate, folder: Path, *, input_size: int | None = None) -> Network:
    """Load a checkpoint from a local folder, in float32 and evaluation mode, and run it once on noise.

    Safetensors come first; a pickle is read with ``weights_only=True``; code in the folder is never run.

    Args:
        candidate: which checkpoint; its library decides the loader, its weights the file.
        folder: holds config.json, the weights and, for transformers, preprocessor_config.json.
        input_size: pixels per side, for networks that accept another size than their own; the candidate's own
            ``input_size`` comes before it.

    Returns:
        The network on the CPU.

    Raises:
        CandidateError: the folder holds no checkpoint that can be loaded and run: no or damaged config or weights, an
            unknown architecture, weights that do not fit it, a pickle or a config that needs code, a size that it does
            not take.

    Example:
        >>> network = load_network(Candidate("org/name", revision, "timm"), folder)  # doctest: +SKIP
        >>> features, logits = network.forward(network.transform_all(images))  # doctest: +SKIP
    """
    os.environ.setdefault(
        "DISABLE_SAFETENSORS_CONVERSION", "1"
    )  # transformers would ask a Space to open a pull request
    input_size = candidate.size_in(input_size)
    config = read_config(candidate, folder)
    library = _library(candidate, config)
    try:
        network: Network = library.load(candidate, folder, config, input_size=input_size)
    except HubscoreError:
        raise
    except Exception as error:  # the libraries raise nearly anything over what they find in a folder
        _refuse_size(candidate, folder, config, input_size, error)
        raise refusal(candidate, _unexpected(candidate, error), other_size(candidate, input_size)) from error
    _try_out(candidate, network, config, input_size)
    return network


def transform_spec(candidate: Candidate, folder: Path, *, input_size: int | None = None) -> Json:
    """Return the transform of a checkpoint as plain values, from its configuration files alone.

    Args:
        candidate: which checkpoint.
        folder: holds its configuration files.
        input_size: pixels per side, for networks that accept another size; the candidate's own comes before it.

    Returns:
        All that decides the transform's numbers: ``resize`` and ``crop`` (enough to take a map of the crop back to the
        image), ``interpolation``, ``rescale``, ``mean``, ``std``, ``input_size`` (height, width), ``channels``.

    Raises:
        CandidateError: the configuration is missing, unreadable, or of an unknown architecture or processor.
    """
    config = read_config(candidate, folder)
    library = _library(candidate, config)
    try:
        size = candidate.size_in(input_size)
        spec: Json = library.transform_spec(candidate, folder, config, input_size=size)
        return spec
    except HubscoreError:
        raise
    except Exception as error:
        raise refusal(candidate, _unexpected(candidate, error)) from error


def _unexpected(candidate: Candidate, error: Exception) -> str:
    return (
        f"its configuration or weights are not what {candidate.library} expects ({type(error).__name__}:"
        f" {one_line(error)})"
    )


def _library(candidate: Candidate, config: Json) -> Any:
    """Return what loads the checkpoint; transformers' wrapper around timm keeps timm's own configuration."""
    loaders = MODALITIES.get(candidate.modality).loaders
    wrapped = config.get("model_type") == "timm_wrapper" or ("architecture" in config and "model_type" not in config)
    return load_target(loaders["timm" if wrapped and "timm" in loaders else candidate.library])


def _refuse_size(candidate: Candidate, folder: Path, config: Json, input_size: int | None, error: Exception) -> None:
    """Refuse a network whose own transform makes images of another size than it takes, where its configuration says
    which that is.
    """
    try:
        spec = _library(candidate, config).transform_spec(candidate, folder, config, input_size=input_size)
    except Exception:  # then the size is not what is wrong
        return
    _check_size(candidate, config, spec.get("input_size"), input_size, error)


def _check_size(candidate: Candidate, config: Json, made: Any, input_size: int | None, error: Exception) -> None:
    own = own_size(config)
    if own is None or made is None or input_size is not None or list(made) == [own, own]:
        return
    why = (
        f"its image processor makes images of {made[0]} x {made[1]} pixels, and the network takes {own} x {own}"
        f" ({one_line(error)})"
    )
    raise refusal(candidate, why, f"--input-size {own}") from error


def own_size(config: Json) -> int | None:
    """Return the pixels a side that a network was built for, where its configuration says so."""
    vision = config.get("vision_config")
    for part in (config, vision if isinstance(vision, dict) else {}):
        size = part.get("image_size")
        if isinstance(size, (list, tuple)) and len(set(size)) == 1:
            size = size[0]
        if isinstance(size, int):
            return size
    return None


def _try_out(candidate: Candidate, network: Network, config: Json, input_size: int | None) -> None:
    """Run the network once on noise, so that what cannot run is refused before the probe is transformed."""
    try:
        with (
            torch.no_grad()
        ):  # not inference mode: what a network keeps from its first run must serve a backward pass later
            features, _ = network.forward(network.example())
    except Exception as error:
        noun, size = MODALITIES.get(candidate.modality).nouns[0], network.input_size
        pixels = f" of {size[0]} x {size[1]} pixels" if size else ""
        _check_size(candidate, config, size, input_size, error)
        why = f"it does not run on a single {noun}{pixels} ({one_line(error)})"
        raise refusal(candidate, why, other_size(candidate, input_size)) from error
    if not bool(torch.isfinite(features).all()):
        refuse_not_a_number(candidate, network.module)
    if features.ndim != 2:
        raise refusal(candidate, f"its features have {features.ndim} axes instead of two, (items, features)")

"""transformers checkpoints as networks: with their classification head, or without as encoders."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import torch

from hubscore.errors import CandidateError
from hubscore.modalities.image.batches import example, in_fast_layout
from hubscore.modalities.image.processors import load_processor
from hubscore.models.checkpoint_files import TRANSFORMERS_WEIGHTS, refusal, weights_file
from hubscore.models.classifier_head import Classifier, find_classifier_heads
from hubscore.models.encoders import Encoder, options_for
from hubscore.models.network import Network
from hubscore.types import Candidate, Json


def load(candidate: Candidate, folder: Path, config: Json, *, input_size: int | None = None) -> Network:
    """Return a transformers network with the weights of a folder; errors as
    :func:`hubscore.models.load.load_network`.
    """
    network_class, classifies = _class_of(candidate, config)
    transform, spec = load_processor(candidate, folder, input_size=input_size)
    weights = weights_file(candidate, folder, TRANSFORMERS_WEIGHTS)
    with _quiet():
        model, info = network_class.from_pretrained(
            str(folder),
            config=_self_contained(candidate, config),
            dtype=torch.float32,
            use_safetensors="safetensors" in weights.name,
            trust_remote_code=False,
            local_files_only=True,
            output_loading_info=True,
            ignore_mismatched_sizes=True,  # they are refused below, by name
        )
    model = model.eval()
    _check_unexpected(candidate, model, info["unexpected_keys"])
    fresh = {key: "missing" for key in info["missing_keys"]} | {
        key: "of another shape" for key, *_ in info["mismatched_keys"]
    }
    build = _classifier if classifies else _encoder
    network = build(candidate, model, transform, spec, sized=input_size is not None)
    _check_fresh(candidate, model, network, dict(sorted(fresh.items())))
    return in_fast_layout(network)


def transform_spec(candidate: Candidate, folder: Path, config: Json, *, input_size: int | None = None) -> Json:
    """Return the transform of the checkpoint's image processor, as plain values."""
    return load_processor(candidate, folder, input_size=input_size)[1]


def _class_of(candidate: Candidate, config: Json) -> tuple[Any, bool]:
    """Return the class that the config names, and whether it classifies images."""
    import transformers
    from transformers.models.auto.modeling_auto import MODEL_FOR_IMAGE_CLASSIFICATION_MAPPING_NAMES as CLASSIFIERS

    upgrade = "pip install --upgrade transformers"
    model_type = config.get("model_type")
    if model_type not in transformers.CONFIG_MAPPING:
        raise refusal(
            candidate, f"transformers {transformers.__version__} does not know the model type {model_type!r}", upgrade
        )
    if config.get("quantization_config"):
        raise refusal(candidate, "its weights are quantised, and features are computed in full precision")
    name = next(iter(config.get("architectures") or ()), None)
    if name is None:
        return transformers.AutoModel, False
    family = import_module(transformers.CONFIG_MAPPING[str(model_type)].__module__.rpartition(".")[0])
    found = getattr(
        family, str(name), None
    )  # only there: any other name of the library might be looked up, and run, otherwise
    if not (isinstance(found, type) and issubclass(found, transformers.PreTrainedModel)):
        raise refusal(
            candidate, f"transformers {transformers.__version__} does not know the architecture {name!r}", upgrade
        )
    classifiers = {one for names in CLASSIFIERS.values() for one in ([names] if isinstance(names, str) else names)}
    return found, name in classifiers


def _self_contained(candidate: Candidate, config: Json) -> Any:
    """Return the configuration object; where an old config names its backbone, transformers would look it up on the
    Hub.

    Raises:
        CandidateError: the backbone's configuration is in another repo.
    """
    import timm
    from transformers import CONFIG_MAPPING

    config, backbone = dict(config), config.get("backbone")
    asks_hub = config.get("backbone_kwargs") or not config.get("use_timm_backbone", True)
    if isinstance(backbone, str) and config.get("backbone_config") is None and asks_hub:
        if not timm.is_model(backbone):
            raise refusal(candidate, f"the configuration of its backbone is in another repo ({backbone})")
        settings = {name: value for name, value in (config.pop("backbone_kwargs") or {}).items() if name != "in_chans"}
        config["backbone_config"] = {
            "model_type": "timm_backbone",
            "backbone": backbone,
            "features_only": True,
            **settings,
        }
        config = {
            name: value
            for name, value in config.items()
            if name not in ("backbone", "use_timm_backbone", "use_pretrained_backbone")
        }
    return CONFIG_MAPPING[config["model_type"]].from_dict(config)


def _classifier(candidate: Candidate, model: Any, transform: Any, spec: Json, *, sized: bool) -> Network:
    options = options_for(model.forward, sized)
    heads = find_classifier_heads(model, example(spec), options)
    if not heads:
        raise refusal(candidate, f"the linear layer that gives the logits of {type(model).__name__} was not found")
    run = Classifier(model, heads, options)
    return Network(
        candidate.repo_id, model, transform, spec, run, _outputs(heads[0]) > 1, "input of the classification head"
    )


def _outputs(head: torch.nn.Module) -> int:
    """How many numbers a linear layer gives."""
    count: Any = head.out_features
    return int(count)


def _encoder(candidate: Candidate, model: Any, transform: Any, spec: Json, *, sized: bool) -> Network:
    run = Encoder(model, sized=sized)
    return Network(candidate.repo_id, run.module, transform, spec, run, False, run.features)


def _check_unexpected(candidate: Candidate, model: Any, keys: Collection[str]) -> None:
    """Refuse weights of the body that the configuration has no place for: the network would be cut short without a
    word.

    Buffers of older versions, poolers and heads of other tasks are left over in many sound checkpoints.
    """
    prefix = f"{model.base_model_prefix}." if model.base_model is not model else ""
    extra = sorted(key for key in keys if key.startswith(prefix) and key.endswith((".weight", ".bias")))
    extra = [key for key in extra if "pooler" not in key and _same_part(model, key)]
    if extra:
        raise _misfit(candidate, model, dict.fromkeys(extra, "unexpected"))


def _same_part(model: Any, key: str) -> bool:
    """Whether the network has something in the place where a left-over weight belongs, for example a shorter list of
    layers.
    """
    parts = key.split(".")
    numbered = next((at for at, part in enumerate(parts) if part.isdigit()), None)
    if numbered is None:
        return False
    try:
        return isinstance(model.get_submodule(".".join(parts[:numbered])), torch.nn.ModuleList | torch.nn.Sequential)
    except AttributeError:
        return False


def _check_fresh(candidate: Candidate, model: Any, network: Network, fresh: dict[str, str]) -> None:
    """Refuse a network whose features or logits depend on weights that the checkpoint lacks: they are newly
    initialised, at random.

    Which ones matter is tried out: a weight that is not a number makes everything that depends on it not a number.
    """
    if not fresh:
        return
    tensors = [value for key in fresh if (value := _tensor(model, key)) is not None]
    with torch.no_grad():
        for value in tensors:
            value.fill_(torch.nan)
        answer = network.forward(network.example())
        for value in tensors:
            value.zero_()
    if not all(bool(torch.isfinite(part).all()) for part in answer if part is not None):
        raise _misfit(candidate, model, fresh)


def _tensor(model: Any, key: str) -> torch.Tensor | None:
    """Return a parameter or buffer by name; none where it was taken off or holds no floats."""
    try:
        value = model.get_parameter_or_buffer(key)
    except AttributeError:
        return None
    return value.data if value.is_floating_point() else None


def _misfit(candidate: Candidate, model: Any, keys: dict[str, str]) -> CandidateError:
    """Say which weights do not fit, each kind with its number and first names."""
    kinds: dict[str, list[str]] = {}
    for key, kind in keys.items():
        kinds.setdefault(kind, []).append(key)
    parts = [
        f"{len(names)} {kind} ({', '.join(names[:2])}{', ...' if len(names) > 2 else ''})"
        for kind, names in kinds.items()
    ]
    return refusal(candidate, f"its weights do not fit {type(model).__name__}: {', '.join(parts)}")


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep transformers' loading report and bars off the terminal."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()

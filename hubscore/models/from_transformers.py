"""transformers checkpoints as networks: with their classification head, or without as encoders."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import torch

from hubscore.modalities.image.batches import example, in_fast_layout
from hubscore.modalities.image.limits import check_image_memory
from hubscore.modalities.image.processors import load_processor
from hubscore.models.checkpoint_files import refusal, refuse_not_a_number
from hubscore.models.classifier_head import Classifier, find_classifier_heads
from hubscore.models.config_numbers import check_numbers
from hubscore.models.encoders import POOLED, PROJECTION, Encoder, encoder_of, options_for
from hubscore.models.fresh_weights import depends_on, misfit, quiet
from hubscore.models.head_kind import without_softmax
from hubscore.models.network import Network
from hubscore.models.own_head import head_input
from hubscore.models.pretrained import load_pretrained
from hubscore.models.weight_files import TRANSFORMERS_WEIGHTS, find_weights
from hubscore.types import Candidate, Json


def load(candidate: Candidate, folder: Path, config: Json, *, input_size: int | None = None) -> Network:
    """Return a transformers network with the weights of a folder; errors as
    :func:`hubscore.models.load.load_network`.
    """
    network_class, classifies = class_of(candidate, config)
    transform, spec = load_processor(candidate, folder, input_size=input_size)
    check_image_memory(candidate, spec)
    weights = find_weights(candidate, folder, TRANSFORMERS_WEIGHTS)
    check_numbers(candidate, config, weights.header)
    settings = self_contained(candidate, config)
    model, fresh = load_pretrained(candidate, folder, weights, network_class, settings)
    loaded = _Loaded(config, transform, spec, fresh, input_size is not None)
    with quiet():
        network = (_classifier if classifies else _encoder)(candidate, model, loaded)
    _check_fresh(candidate, model, network, loaded.fresh)
    return in_fast_layout(network)


@dataclass(frozen=True)
class _Loaded:
    """What is known of a checkpoint beside its weights.

    Attributes:
        config: ``config.json``.
        transform: the checkpoint's own.
        spec: the transform as plain values.
        fresh: names of weights that the checkpoint lacks, with what is wrong with each.
        sized: whether another size than the network's own was asked for.
    """

    config: Json
    transform: Any
    spec: Json
    fresh: dict[str, str]
    sized: bool

    def network(
        self, candidate: Candidate, module: Any, run: Any, features: str, without: str = "", *, has_head: bool = False
    ) -> Network:
        """Return the network that runs in a certain way."""
        return Network(
            candidate.repo_id, module, self.transform, self.spec, run, has_head, features, no_probabilities=without
        )


def transform_spec(candidate: Candidate, folder: Path, config: Json, *, input_size: int | None = None) -> Json:
    """Return the transform of the checkpoint's image processor, as plain values."""
    return load_processor(candidate, folder, input_size=input_size)[1]


def class_of(candidate: Candidate, config: Json) -> tuple[Any, bool]:
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


def self_contained(candidate: Candidate, config: Json) -> Any:
    """Return the configuration object; where an old config names its backbone, transformers would look it up on the
    Hub.

    Raises:
        CandidateError: the backbone's configuration is in another repo.
    """
    from transformers import CONFIG_MAPPING

    config, backbone = dict(config), config.get("backbone")
    asks_hub = config.get("backbone_kwargs") or not config.get("use_timm_backbone", True)
    if isinstance(backbone, str) and config.get("backbone_config") is None and asks_hub:
        import timm

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


def _classifier(candidate: Candidate, model: Any, loaded: _Loaded) -> Network:
    options, image = options_for(model.forward, loaded.sized), example(loaded.spec)
    heads = find_classifier_heads(model, image, options)
    if not heads:
        refuse_not_a_number(candidate, model)
        raise refusal(candidate, f"the linear layer that gives the logits of {type(model).__name__} was not found")
    without = without_softmax(loaded.config, _outputs(heads[0]))
    run = Classifier(model, heads, options, logits=not without)
    return loaded.network(candidate, model, run, "input of the classification head", without, has_head=not without)


def _outputs(head: torch.nn.Module) -> int:
    """How many numbers a linear layer gives."""
    count: Any = head.out_features
    return int(count)


def _encoder(candidate: Candidate, model: Any, loaded: _Loaded) -> Network:
    """Return an encoder with the features that a new head would sit on, by the first rule that applies.

    Image-text networks have an embedding; else it is what transformers' own classification network gives its head; else
    the documented pooled output, where the checkpoint has its weights; else the mean over patches.
    """
    body, image = encoder_of(model), example(loaded.spec)
    if not hasattr(body, "get_image_features"):
        fresh = _names_in(body, model, loaded.fresh)
        own = head_input(body, fresh, image, lambda forward: options_for(forward, loaded.sized))
        if own is not None:
            return loaded.network(candidate, own.module, own, f"input of the head of {type(own.model).__name__}")
    run = Encoder(model, sized=loaded.sized)
    with torch.no_grad():
        run(image)  # says which output it takes
    if run.features in (POOLED, PROJECTION) and depends_on(model, lambda: run(image), loaded.fresh):
        run = Encoder(model, sized=loaded.sized, pools=False)
    return loaded.network(candidate, run.module, run, run.features)


def _names_in(part: Any, model: Any, names: Collection[str]) -> set[str]:
    """Return those names of weights that lie in a part of a network, as the part calls them."""
    prefix = next((f"{name}." for name, module in model.named_modules() if module is part and name), "")
    return {name.removeprefix(prefix) for name in names if name.startswith(prefix)}


def _check_fresh(candidate: Candidate, model: Any, network: Network, fresh: dict[str, str]) -> None:
    """Refuse a network whose features or logits depend on weights that the checkpoint lacks: they are newly
    initialised, at random.

    Which ones matter is tried out: a weight that is not a number makes everything that depends on it not a number.
    """
    if fresh and depends_on(model, lambda: network.forward(network.example()), fresh):
        raise misfit(candidate, model, fresh)

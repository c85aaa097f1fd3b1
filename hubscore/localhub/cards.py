"""What a repo says of itself: card, configuration, library, task, tags and parameter counts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import yaml

from hubscore.localhub.scan import Entry

FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)(?:\r?\n)?^---[ \t]*\r?$", re.DOTALL | re.MULTILINE)
LARGEST_TEXT = 5_000_000
LARGEST_HEADER = 50_000_000
LIBRARIES = (
    "timm",
    "transformers",
    "diffusers",
    "sentence-transformers",
    "open_clip",
    "peft",
    "keras",
    "sklearn",
    "setfit",
    "onnx",
    "spacy",
    "ultralytics",
)
CLASS_TASKS = {
    "ForImageClassification": "image-classification",
    "ForImageClassificationWithTeacher": "image-classification",
    "ForSemanticSegmentation": "image-segmentation",
    "ForUniversalSegmentation": "image-segmentation",
    "ForInstanceSegmentation": "image-segmentation",
    "ForObjectDetection": "object-detection",
    "ForDepthEstimation": "depth-estimation",
    "ForZeroShotImageClassification": "zero-shot-image-classification",
    "ForVideoClassification": "video-classification",
    "ForAudioClassification": "audio-classification",
    "ForSequenceClassification": "text-classification",
    "ForTokenClassification": "token-classification",
    "ForQuestionAnswering": "question-answering",
    "ForMaskedLM": "fill-mask",
    "ForCausalLM": "text-generation",
    "ForConditionalGeneration": "text2text-generation",
}
TASKS = frozenset(CLASS_TASKS.values()) | {
    "image-feature-extraction",
    "feature-extraction",
    "image-to-text",
    "image-to-image",
    "sentence-similarity",
    "mask-generation",
}
AUTO_CLASSES = {
    "image-classification": "AutoModelForImageClassification",
    "image-segmentation": "AutoModelForSemanticSegmentation",
    "object-detection": "AutoModelForObjectDetection",
    "depth-estimation": "AutoModelForDepthEstimation",
    "text-classification": "AutoModelForSequenceClassification",
    "token-classification": "AutoModelForTokenClassification",
    "fill-mask": "AutoModelForMaskedLM",
    "text-generation": "AutoModelForCausalLM",
}
DATASET_FORMATS = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".tsv": "csv",
    ".json": "json",
    ".jsonl": "json",
    ".jpg": "imagefolder",
    ".jpeg": "imagefolder",
    ".png": "imagefolder",
}


@dataclass(frozen=True)
class Card:
    """What can be read off a repo's files.

    Args:
        data: the front matter of README.md.
        config: config.json.
        safetensors: ``{"parameters": {dtype: count}, "total": count}``.
        evaluations: parsed files of ``.eval_results/``.
    """

    data: dict[str, Any]
    config: dict[str, Any] | None
    library: str | None
    task: str | None
    tags: tuple[str, ...]
    safetensors: dict[str, Any] | None
    evaluations: tuple[dict[str, Any], ...] = ()


def read_card(kind: str, files: Mapping[str, Entry], read: Callable[[Entry, int], bytes]) -> Card:
    """Read what a repo says of itself.

    Args:
        kind: model, dataset or space.
        files: the files of the revision.
        read: gives the first bytes of a file.
    """
    data = front_matter(_text(files, "README.md", read))
    if kind != "model":
        return Card(
            data, None, None, None, tuple(_dataset_tags(data, files) if kind == "dataset" else _space_tags(data)), None
        )
    config = _json(files, "config.json", read)
    own = _words(data.get("tags"))
    library = data.get("library_name") or next((tag for tag in own if tag in LIBRARIES), None) or _library(config)
    task = data.get("pipeline_tag") or next((tag for tag in own if tag in TASKS), None) or _task(config)
    safetensors = parameter_counts(files, read)
    tags = [library, "safetensors" if safetensors else None, _model_type(config), task, *own, *_card_tags(data)]
    tags += ["custom_code"] if config and config.get("auto_map") else []
    return Card(data, config, library, task, _once(tags), safetensors, tuple(_evaluations(files, read)))


def front_matter(text: str) -> dict[str, Any]:
    """The YAML block at the top of a card; empty when there is none or it cannot be read."""
    match = FRONT_MATTER.match(text)
    try:
        data = yaml.safe_load(match[1]) if match else None
        # dates and other YAML-only values must become JSON
        return json.loads(json.dumps(data, default=str)) if isinstance(data, dict) else {}
    except (yaml.YAMLError, ValueError, TypeError):
        return {}


def parameter_counts(files: Mapping[str, Entry], read: Callable[[Entry, int], bytes]) -> dict[str, Any] | None:
    """Parameters by dtype, read from the headers of a model's safetensors files; None without any, or if one is
    damaged.
    """
    names = [name for name in files if name.endswith(".safetensors") and "/" not in name]
    if "model.safetensors" in names:
        names = ["model.safetensors"]
    elif index := _json(files, "model.safetensors.index.json", read):
        names = sorted(set((index.get("weight_map") or {}).values()) & set(files))
    counts: dict[str, int] = {}
    for name in names:
        header = safetensors_header(files[name], read)
        if header is None:
            return None
        for tensor, entry in header.items():
            if tensor != "__metadata__":
                counts[entry["dtype"]] = counts.get(entry["dtype"], 0) + prod(entry["shape"])
    return {"parameters": counts, "total": sum(counts.values())} if counts else None


def safetensors_header(entry: Entry, read: Callable[[Entry, int], bytes]) -> dict[str, Any] | None:
    """The header of a safetensors file, None when it is damaged."""
    size = int.from_bytes(read(entry, 8), "little")
    if not 2 <= size <= min(LARGEST_HEADER, entry.size - 8):
        return None
    try:
        header = json.loads(read(entry, 8 + size)[8:])
        well_formed = all(
            isinstance(value["dtype"], str) and isinstance(value["shape"], list)
            for key, value in header.items()
            if key != "__metadata__"
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return header if well_formed else None


def auto_class(card: Card, files: Mapping[str, Entry]) -> dict[str, Any] | None:
    """The Auto class and processor of a transformers repo, as ``transformersInfo`` names them."""
    if card.library != "transformers" or not card.config:
        return None
    info = {"auto_model": AUTO_CLASSES.get(card.task or "", "AutoModel"), "pipeline_tag": card.task}
    if "preprocessor_config.json" in files:
        info["processor"] = "AutoImageProcessor"
    elif "tokenizer_config.json" in files or "tokenizer.json" in files:
        info["processor"] = "AutoTokenizer"
    return info


def _text(files: Mapping[str, Entry], name: str, read: Callable[[Entry, int], bytes]) -> str:
    entry = files.get(name)
    return read(entry, LARGEST_TEXT).decode("utf-8", "replace") if entry else ""


def _json(files: Mapping[str, Entry], name: str, read: Callable[[Entry, int], bytes]) -> dict[str, Any] | None:
    try:
        data = json.loads(_text(files, name, read) or "null")
    except ValueError:
        return None
    return data if isinstance(data, dict) else None


def _library(config: dict[str, Any] | None) -> str | None:
    if not config:
        return None
    if "architecture" in config and "pretrained_cfg" in config:
        return "timm"
    return "transformers" if "architectures" in config or "model_type" in config else None


def _task(config: dict[str, Any] | None) -> str | None:
    if _library(config) == "timm" and config:
        classes = config.get("num_classes", (config.get("pretrained_cfg") or {}).get("num_classes"))
        return "image-feature-extraction" if classes == 0 else "image-classification"
    for name in _words((config or {}).get("architectures")):
        for ending, task in CLASS_TASKS.items():
            if name.endswith(ending):
                return task
    return None


def _model_type(config: dict[str, Any] | None) -> str | None:
    value = (config or {}).get("model_type")
    return value if isinstance(value, str) else None


def _words(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(word) for word in values if isinstance(word, (str, int, float)) and not isinstance(word, bool)]


def _card_tags(data: dict[str, Any]) -> list[str]:
    bases = _words(data.get("base_model"))
    relation = data.get("base_model_relation") or "finetune"
    return [
        *_words(data.get("language")),
        *(f"license:{name}" for name in _words(data.get("license"))),
        *(f"dataset:{name}" for name in _words(data.get("datasets"))),
        *(f"base_model:{name}" for name in bases),
        *(f"base_model:{relation}:{name}" for name in bases),
    ]


def _dataset_tags(data: dict[str, Any], files: Mapping[str, Entry]) -> tuple[str, ...]:
    prefixed = (
        "task_categories",
        "task_ids",
        "language",
        "language_creators",
        "annotations_creators",
        "multilinguality",
        "size_categories",
        "license",
    )
    tags = [f"{key}:{word}" for key in prefixed for word in _words(data.get(key))]
    endings = {"." + name.rpartition(".")[2].lower() for name in files}
    formats = sorted({DATASET_FORMATS[ending] for ending in endings if ending in DATASET_FORMATS})
    return _once(
        [
            *tags,
            *_words(data.get("tags")),
            *(f"format:{name}" for name in formats),
            "library:datasets" if formats else None,
        ]
    )


def _space_tags(data: dict[str, Any]) -> tuple[str, ...]:
    return _once([data.get("sdk"), *_words(data.get("tags"))])


def _once(tags: list[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag for tag in tags if isinstance(tag, str) and tag))


def _evaluations(files: Mapping[str, Entry], read: Callable[[Entry, int], bytes]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name in files:
        if name.startswith(".eval_results/") and name.endswith((".yaml", ".yml")):
            try:
                entries = yaml.safe_load(_text(files, name, read))
            except yaml.YAMLError:
                continue
            found += [
                {"filename": name, "data": json.loads(json.dumps(entry, default=str))}
                for entry in entries or ()
                if isinstance(entry, dict)
            ]
    return found

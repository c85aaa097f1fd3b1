"""What a repo says of itself: card, configuration, library, task, tags and parameter counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hubscore.localhub.bounded_reading import Unreadable, read_json, read_yaml
from hubscore.localhub.headers import parameter_counts
from hubscore.localhub.scan import Entry

FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)(?:\r?\n)?^---[ \t]*\r?$", re.DOTALL | re.MULTILINE)
LARGEST_TEXT = 5_000_000
MOST_EVALUATIONS = 100
UNSENT = frozenset({"self", "ignore_metadata_errors"})  # fields of these names end a client's whole listing
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
        problems: by file, what is wrong with those that cannot be read; they count as absent.
    """

    data: dict[str, Any]
    config: dict[str, Any] | None
    library: str | None
    task: str | None
    tags: tuple[str, ...]
    safetensors: dict[str, Any] | None
    evaluations: tuple[dict[str, Any], ...] = ()
    problems: Mapping[str, str] = field(default_factory=dict)


class RepoFiles:
    """The files of a revision as far as a card reads them: a damaged one counts as absent, and is noted.

    Args:
        files: the files of the revision.
        read: gives the first bytes of a file.
    """

    def __init__(self, files: Mapping[str, Entry], read: Callable[[Entry, int], bytes]) -> None:
        self.entries, self.read = files, read
        self.problems: dict[str, str] = {}

    def text(self, name: str) -> str:
        """A text file; empty where there is none."""
        entry = self.entries.get(name)
        return self.read(entry, LARGEST_TEXT).decode("utf-8", "replace") if entry else ""

    def json(self, name: str) -> dict[str, Any] | None:
        """A JSON object; None where there is none."""
        try:
            data = read_json(self.text(name) or "null")
        except Unreadable as error:
            self.problems[name] = str(error)
            return None
        return data if isinstance(data, dict) else None

    def yaml(self, name: str, text: str) -> Any:
        """What a text in a file says; None where it cannot be read."""
        try:
            return read_yaml(text)
        except Unreadable as error:
            self.problems[name] = str(error)
            return None


def read_card(kind: str, files: Mapping[str, Entry], read: Callable[[Entry, int], bytes]) -> Card:
    """Read what a repo says of itself.

    Args:
        kind: model, dataset or space.
        files: the files of the revision.
        read: gives the first bytes of a file.
    """
    repo = RepoFiles(files, read)
    data = front_matter(repo)
    if kind != "model":
        tags = _dataset_tags(data, files) if kind == "dataset" else _space_tags(data)
        return Card(data, None, None, None, tags, None, problems=repo.problems)
    config = repo.json("config.json")
    own = words(data.get("tags"))
    library = _word(data.get("library_name")) or next((tag for tag in own if tag in LIBRARIES), None)
    library = library or _library(config)
    task = _word(data.get("pipeline_tag")) or next((tag for tag in own if tag in TASKS), None) or _task(config)
    safetensors = parameter_counts(files, read, repo.json)
    custom = "custom_code" if config and config.get("auto_map") else None
    said = "safetensors" if safetensors else None
    named = [library, said, _model_type(config), task, *own, *_card_tags(data), custom]
    evaluations = tuple(_evaluations(repo))
    return Card(data, config, library, task, _once(named), safetensors, evaluations, repo.problems)


def front_matter(repo: RepoFiles) -> dict[str, Any]:
    """The YAML block at the top of a card; empty when there is none or it cannot be read."""
    match = FRONT_MATTER.match(repo.text("README.md"))
    data = repo.yaml("README.md", match[1]) if match else None
    return {name: value for name, value in data.items() if name not in UNSENT} if isinstance(data, dict) else {}


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


def _library(config: dict[str, Any] | None) -> str | None:
    if not config:
        return None
    if "architecture" in config and "pretrained_cfg" in config:
        return "timm"
    return "transformers" if "architectures" in config or "model_type" in config else None


def _task(config: dict[str, Any] | None) -> str | None:
    if _library(config) == "timm" and config:
        pretrained = config.get("pretrained_cfg")
        classes = config.get("num_classes", pretrained.get("num_classes") if isinstance(pretrained, dict) else None)
        return "image-feature-extraction" if classes == 0 else "image-classification"
    for name in words((config or {}).get("architectures")):
        for ending, task in CLASS_TASKS.items():
            if name.endswith(ending):
                return task
    return None


def _model_type(config: dict[str, Any] | None) -> str | None:
    value = (config or {}).get("model_type")
    return value if isinstance(value, str) else None


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def words(value: Any) -> list[str]:
    """The texts of a field that holds one or a list of them."""
    values = value if isinstance(value, list) else [value]
    return [str(word) for word in values if isinstance(word, (str, int, float)) and not isinstance(word, bool)]


def _card_tags(data: dict[str, Any]) -> list[str]:
    bases = words(data.get("base_model"))
    relation = _word(data.get("base_model_relation")) or "finetune"
    return [
        *words(data.get("language")),
        *(f"license:{name}" for name in words(data.get("license"))),
        *(f"dataset:{name}" for name in words(data.get("datasets"))),
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
    tags = [f"{key}:{word}" for key in prefixed for word in words(data.get(key))]
    endings = {"." + name.rpartition(".")[2].lower() for name in files}
    formats = sorted({DATASET_FORMATS[ending] for ending in endings if ending in DATASET_FORMATS})
    return _once(
        [
            *tags,
            *words(data.get("tags")),
            *(f"format:{name}" for name in formats),
            "library:datasets" if formats else None,
        ]
    )


def _space_tags(data: dict[str, Any]) -> tuple[str, ...]:
    return _once([data.get("sdk"), *words(data.get("tags"))])


def _once(tags: list[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag for tag in tags if isinstance(tag, str) and tag))


def _evaluations(repo: RepoFiles) -> list[dict[str, Any]]:
    names = [name for name in repo.entries if name.startswith(".eval_results/") and name.endswith((".yaml", ".yml"))]
    found: list[dict[str, Any]] = []
    for name in names[:MOST_EVALUATIONS]:
        entries = repo.yaml(name, repo.text(name))
        for entry in entries if isinstance(entries, list) else ():
            said = (
                {"data": entry} if _is_evaluation(entry) else {"error": "dataset.id, dataset.task_id or value missing"}
            )
            found.append({"filename": name, **said})
    return found


def _is_evaluation(entry: Any) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("source", {}), dict):
        return False
    dataset = entry.get("dataset")
    named = isinstance(dataset, dict) and all(isinstance(dataset.get(name), str) for name in ("id", "task_id"))
    return named and entry.get("value") is not None

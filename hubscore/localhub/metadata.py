"""Whether the front matter of a card is what the Hub accepts."""

from __future__ import annotations

from typing import Any

from hubscore.localhub.bounded_reading import Unreadable, read_yaml
from hubscore.localhub.cards import FRONT_MATTER

SPACE_SDKS = ("gradio", "docker", "static", "streamlit")


def check_metadata(content: str, kind: str) -> tuple[list[str], list[str]]:
    """Errors and warnings about a card's front matter.

    Args:
        content: the whole README.md.
        kind: model, dataset or space.
    """
    match = FRONT_MATTER.match(content)
    if not match:
        return [], ["empty or missing yaml metadata in repo card"]
    try:
        data = read_yaml(match[1])
    except Unreadable as error:
        return [f"the front matter is not YAML: {error}"], []
    if data is None:
        return [], ["empty or missing yaml metadata in repo card"]
    if not isinstance(data, dict):
        return ["the front matter must be a mapping"], []
    errors = [
        f"{key} must be a text or a list of texts"
        for key in ("license", "language", "datasets", "tags", "base_model")
        if not _words(data.get(key))
    ]
    if kind == "space" and data.get("sdk") not in SPACE_SDKS:
        errors.append(f"sdk must be one of {', '.join(SPACE_SDKS)}")
    return errors + _model_index(data.get("model-index")), []


def _words(value: Any) -> bool:
    values = value if isinstance(value, list) else [value]
    return all(it is None or isinstance(it, (str, bool, int, float)) for it in values)


def _model_index(index: Any) -> list[str]:
    if index is None:
        return []
    if not isinstance(index, list):
        return ["model-index must be a list"]
    errors: list[str] = []
    for place, model in enumerate(index):
        if (
            not isinstance(model, dict)
            or not isinstance(model.get("name"), str)
            or not isinstance(model.get("results"), list)
        ):
            errors.append(f"model-index[{place}] needs a name and a list of results")
            continue
        for number, result in enumerate(model["results"]):
            errors += [f"model-index[{place}].results[{number}].{problem}" for problem in _result(result)]
    return errors


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _result(result: Any) -> list[str]:
    if not isinstance(result, dict):
        return ["must be a mapping"]
    task, dataset = (_mapping(result.get(key)) for key in ("task", "dataset"))
    problems = [] if isinstance(task.get("type"), str) else ["task.type is required"]
    problems += [f"dataset.{key} is required" for key in ("type", "name") if not isinstance(dataset.get(key), str)]
    metrics = result.get("metrics")
    if not isinstance(metrics, list) or not metrics:
        problems.append("metrics must be a list with at least one entry")
    elif any(
        not isinstance(metric, dict) or not isinstance(metric.get("type"), str) or metric.get("value") is None
        for metric in metrics
    ):
        problems.append("metrics: each needs type and value")
    source = result.get("source")
    if isinstance(source, dict) and source.get("name") and not source.get("url"):
        problems.append("source.url is required with source.name")
    return problems

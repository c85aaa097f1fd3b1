"""A model map as the file that the leaderboard's model map and comparison show."""

from __future__ import annotations

import base64
import io
import json
import re
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hubscore.atomic import write_atomically
from hubscore.errors import HubError, StorageError
from hubscore.hub.addresses import repo_named
from hubscore.hub.client import hub_api
from hubscore.hub.errors import explain_error
from hubscore.hub.retry import retry
from hubscore.modelmap.model_map import ModelMap
from hubscore.modelmap.structure import distances, plane, tree
from hubscore.publish.leaving import map_leaves
from hubscore.publish.privacy import PRIVATE, is_public
from hubscore.publish.results.publish import user_name
from hubscore.report.map_pictures import strength
from hubscore.results import default_repo, read_results
from hubscore.types import Json, Publication

if TYPE_CHECKING:
    from huggingface_hub import HfApi

IMAGES = 6
"""Attribution maps of each network."""

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+", re.ASCII)


def map_file(model_map: ModelMap, *, public: bool = True) -> tuple[str, Json]:
    """Return the path and content of a map's file in a results data set: distances, tree, plane, and attribution maps
    if it has any.

    Args:
        model_map: with at least two networks that can be compared.
        public: whether its data set's name and what networks see in its images may be shown.

    Raises:
        Undefined: no two networks can be compared.
        StorageError: the map is damaged.
    """
    found = distances(model_map)
    dataset = _last(str(model_map.probe["dataset"])) if public else PRIVATE
    content: Json = {
        "schema": 1,
        "title": f"{model_map.method.words} on {dataset}",
        "similarity": model_map.method.name,
        "kind": "distance",
        "dataset": dataset,
        "fingerprint": model_map.probe.get("fingerprint"),
        "models": [_last(name) for name in found.names],
        "families": [model_map.models[name].get("family") for name in found.names],
        "matrix": found.values.round(6).tolist(),
        "linkage": tree(found).links.tolist(),
        "coordinates": plane(found).points.tolist(),
        "notes": list(found.notes),
    }
    if public and model_map.method.needs_maps:
        content["attributions"] = {_last(name): _pictures(model_map, name) for name in found.names}
    slug = re.sub(r"[^A-Za-z0-9.]+", "-", dataset).strip("-.") or "data"
    return f"maps/{slug[:60]}-{str(model_map.probe.get('fingerprint'))[:8]}-{model_map.method.name}.json", content


def add_map(folder: str | PathLike[str], results: str | PathLike[str]) -> Path:
    """Write a saved map into a folder with results, for a Space on this machine.

    Args:
        folder: what ``hubscore map --save`` made.
        results: the folder with results.

    Returns:
        The file.

    Raises:
        UsageError: there is no map in ``folder``.
        Undefined: no two of its networks can be compared.
        StorageError: it is damaged, or the file cannot be written.
    """
    path, content = map_file(ModelMap.open(fspath(folder)))
    target = Path(results) / path
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"Cannot write '{target}'", error.strerror or str(error), "choose another folder") from error
    write_atomically(target, _bytes(content))
    return target


def publish_map(
    folder: str | PathLike[str], *, results_repo: str | None = None, yes: bool = False, token: str | bool | None = None
) -> Publication:
    """Put a saved map into a results data set on the Hub; without ``yes`` only say what would be sent.

    Of a data set that is not public on the Hub neither the name nor the attribution maps are sent.

    Args:
        folder: what ``hubscore map --save`` made.
        results_repo: the data set; ``USER/hubscore-results`` by default.
        yes: send. Without, nothing is sent.
        token: for the Hub; the saved one by default.

    Raises:
        UsageError: there is no map in ``folder``.
        Undefined: no two of its networks can be compared.
        DatasetError: there is no such results data set.
        HubError: the token may not write there, or the Hub failed.
    """
    from huggingface_hub.utils import httpx

    api, model_map = hub_api(token), ModelMap.open(fspath(folder))
    repo = repo_named(results_repo, "dataset", api.endpoint) if results_repo else default_repo(user_name(api))
    public = is_public({"probe": model_map.probe}, api)
    path, content = map_file(model_map, public=public)
    sent = _bytes(content)
    there = read_results(repo, api)
    if path in there.contents.names and there.fetch(path) == sent:
        return Publication(repo, "results", "", outcome="unchanged")
    kept = "" if public else "\n# the data set is not public on the Hub: its name and the attribution maps are left out"
    told = f"{'~' if path in there.contents.names else '+'} {path} ({len(sent) / 1000:.1f} kB){kept}"
    leaves = map_leaves(content)
    if not yes:
        return Publication(repo, "results", told, leaves=leaves)
    try:
        _send(api, repo, path, sent)
    except (OSError, ValueError, httpx.HTTPError) as error:
        known = explain_error(error, repo, kind="dataset")
        raise HubError(
            f"The map could not be sent to '{repo}'", known.why or known.what, known.fix, code=known.code
        ) from error
    return Publication(repo, "results", told, outcome="published", leaves=leaves)


def _send(api: HfApi, repo: str, path: str, content: bytes) -> None:
    message = f"Add the model map {Path(path).stem}"
    retry(
        lambda: api.upload_file(
            path_or_fileobj=content, path_in_repo=path, repo_id=repo, repo_type="dataset", commit_message=message
        )
    )


def _bytes(content: Json) -> bytes:
    return (json.dumps(content, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _last(name: str) -> str:
    """Return a Hub id as it is, and of a folder of this machine only its last name."""
    return name if _HUB_ID.fullmatch(name) else re.split(r"[/\\]", name.rstrip("/\\"))[-1]


def _pictures(model_map: ModelMap, name: str) -> list[str]:
    """Return the first attribution maps of a network as images inside the page; what it never saw is grey."""
    import matplotlib
    from PIL import Image

    colours = matplotlib.colormaps["magma"].with_extremes(bad="#c9ced6")
    found = []
    for attribution in model_map.maps(name)[:IMAGES]:
        pixels = (colours(np.ma.masked_invalid(strength(attribution)))[..., :3] * 255).astype(np.uint8)
        buffer = io.BytesIO()
        Image.fromarray(pixels).resize((96, 96), Image.Resampling.BILINEAR).save(buffer, "PNG", optimize=True)
        found.append(f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}")
    return found

"""From a data set and candidates to a saved space, and more candidates into one that is there."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from hubscore.candidates.downloader import Downloader
from hubscore.candidates.query import Query
from hubscore.errors import CandidateError, DatasetError, UsageError
from hubscore.extract.cache import FeatureCache
from hubscore.extract.cache_key import PENULTIMATE
from hubscore.extract.distributed import resolve_device
from hubscore.modelmap.files import check_free
from hubscore.modelmap.method import Method
from hubscore.modelmap.model_map import MapMember, ModelMap
from hubscore.probe.load import load_probe
from hubscore.run.rank import RunObserver, extract, find_candidates, plan_run
from hubscore.run.running import Running
from hubscore.types import Candidate, Json, Probe, Skipped

THUMBNAIL = 64
_FACTS = ("revision", "library", "family", "parameters", "license", "base_model", "path")


def build_map(
    dataset: str | os.PathLike[str] | Probe,
    folder: str | os.PathLike[str],
    *,
    models: Sequence[str] | None = None,
    query: Query | None = None,
    method: Method | None = None,
    samples: int = 500,
    seed: int = 0,
    config: str | None = None,
    split: str | None = None,
    revision: str | None = None,
    image_column: str | None = None,
    label_column: str | None = None,
    probe_bytes: int = 2_000_000_000,
    running: Running | None = None,
    watcher: RunObserver | None = None,
) -> ModelMap:
    """Run candidates over the images of a data set and save how alike they are; labels are not used.

    Args:
        dataset: a Hub id, a folder of images, a CSV or Parquet file, or a probe drawn before.
        folder: new or empty, where the space is kept.
        models: ids, ``id@revision``, folders, or files that list them; without, ``query`` is searched for.
        query: what to search the Hub for.
        method: from :func:`hubscore.modelmap.method.choose_method`; saliency maps by default.
        samples: images to draw.
        seed: of the draw.
        config: configuration of the data set.
        split: split to draw from.
        revision: of the data set.
        image_column: found by type otherwise.
        label_column: labels only spread the draw over the classes; found by type otherwise.
        probe_bytes: most bytes read of the data set.
        running: how candidates are run.
        watcher: told what happens.

    Returns:
        The saved space; candidates that could not be used are in ``skipped``.

    Raises:
        UsageError: something is in the folder, or fewer than two candidates.
        DatasetError: the data set cannot be used.
        CandidateError: no candidate was found.
        HubscoreError: the Hub or the disk failed.

    Example:
        >>> space = build_space("user/birds", "space", models=["timm/resnet18.a1_in1k", "./my-vit"])  # doctest: +SKIP
        >>> space.similarities  # doctest: +SKIP
    """
    method, running, watcher = (
        method or Method("attribution", "saliency"),
        running or Running(),
        watcher or RunObserver(),
    )
    place = Path(folder).expanduser()
    check_free(place)
    probe = (
        dataset
        if isinstance(dataset, Probe)
        else load_probe(
            dataset,
            config=config,
            split=split,
            revision=revision,
            image_column=image_column,
            label_column=label_column,
            samples=samples,
            seed=seed,
            max_bytes=probe_bytes,
            labels_required=False,
            token=running.token,
        )
    )
    watcher.drawn(probe)
    members, skipped, forwards = _run(models, query, probe, method, running, watcher, least=2)
    if len(members) < 2:
        raise _too_few(members, skipped)
    pictures = thumbnails(probe) if method.needs_maps else None
    space = ModelMap.create(place, method, _told(probe, samples, probe_bytes, running), pictures)
    space.insert(members)
    space.skipped, space.forward_images = skipped, forwards
    return space


def add_models(
    space: ModelMap,
    models: Sequence[str],
    *,
    running: Running | None = None,
    watcher: RunObserver | None = None,
    probe: Probe | None = None,
) -> None:
    """Run more candidates over the images of a space, and put them in; those that are in it are not run again.

    Args:
        space: changed, and saved.
        models: ids, ``id@revision``, folders, or files that list them.
        running: how candidates are run.
        watcher: told what happens.
        probe: the space's images, where they are in memory; drawn again otherwise.

    Raises:
        UsageError: a model is in the space already.
        DatasetError: the data set cannot be used, or its rows are other ones by now.
        CandidateError: none of the candidates can be used.
        HubscoreError: the Hub or the disk failed.
    """
    running, watcher = running or Running(), watcher or RunObserver()
    running = replace(running, input_size=space.probe.get("input_size"))
    for name in models:
        if name in space.models:
            raise UsageError(f"Cannot add {name!r}", "it is in the space already", "remove it first: --remove ID")
    probe = probe or redraw(space, token=running.token)
    watcher.drawn(probe)
    members, space.skipped, space.forward_images = _run(models, None, probe, space.method, running, watcher)
    if not members:
        reasons = "; ".join(f"{item.model}: {item.reason}" for item in space.skipped)
        raise CandidateError("No model can be added to the space", reasons, "name others with --add")
    space.insert(members)


def redraw(space: ModelMap, *, token: str | bool | None = None) -> Probe:
    """Return the images that the networks of a space saw, from their data set.

    Raises:
        DatasetError: the data set is gone, or its rows are other ones by now.
    """
    told = space.probe
    probe = load_probe(
        told["dataset"],
        config=told["config"],
        split=told["split"],
        revision=told["revision"],
        image_column=told["image_column"],
        label_column=told["label_column"],
        target=told["target"],
        samples=told["samples"],
        seed=told["seed"],
        max_bytes=told["probe_bytes"],
        labels_required=False,
        token=token,
    )
    if probe.fingerprint != told["fingerprint"]:
        why = "its rows are not those that the models of this space saw"
        raise DatasetError(
            f"Data set '{told['dataset']}' has changed",
            why,
            "make the space again: hubscore map DATASET --models ... --save DIR",
        )
    return probe


def thumbnails(probe: Probe) -> np.ndarray:
    """Return small copies of a probe's images, shape (n, 64, 64, 3), uint8."""
    return np.stack([np.asarray(image.convert("RGB").resize((THUMBNAIL, THUMBNAIL))) for image in probe.items])


def _run(
    models: Sequence[str] | None,
    query: Query | None,
    probe: Probe,
    method: Method,
    running: Running,
    watcher: RunObserver,
    least: int = 1,
) -> tuple[dict[str, MapMember], tuple[Skipped, ...], int]:
    """Find candidates, run them, and return what the method compares, with those skipped and the images run."""
    resolve_device(running.device)
    store = FeatureCache(running.cache_dir)
    store.prepare()
    found = find_candidates(models, query, token=running.token)
    if len(found.candidates) < least:
        raise _too_few(found.candidates, found.skipped)
    plan = plan_run(found, samples=len(probe), store=store, device=running.device, input_size=running.input_size)
    watcher.planned(plan, running.budget_gb, running.yes)
    watcher.extracting(plan)
    members, skipped, forwards = (_maps if method.needs_maps else _features)(
        found.candidates, probe, method, running, store, watcher
    )
    return members, (*found.skipped, *skipped), forwards


def _features(
    candidates: Sequence[Candidate],
    probe: Probe,
    method: Method,
    running: Running,
    store: FeatureCache,
    watcher: RunObserver,
) -> tuple[dict[str, MapMember], tuple[Skipped, ...], int]:
    outcome = extract(
        candidates,
        probe,
        store=store,
        token=running.token,
        device=running.device,
        input_size=running.input_size,
        batch_size=running.batch_size,
        evict=running.evict,
        progress=watcher.event,
    )
    facts = {one.repo_id: _facts(one) for one in candidates}
    members = {
        name: MapMember(facts[name], features=found.features[PENULTIMATE])
        for name, found in outcome.extractions.items()
    }
    return members, outcome.skipped, outcome.forward_images


def _maps(
    candidates: Sequence[Candidate],
    probe: Probe,
    method: Method,
    running: Running,
    store: FeatureCache,
    watcher: RunObserver,
) -> tuple[dict[str, MapMember], tuple[Skipped, ...], int]:
    from hubscore.attribution import attribute_all

    downloader = Downloader(running.token)
    outcome = attribute_all(
        candidates,
        probe,
        fetch=downloader.download,
        fetch_config=downloader.download_config,
        store=store,
        methods=(method.attribution,),
        objective=method.objective,
        map_size=method.map_size,
        device=running.device,
        batch_size=running.batch_size,
        input_size=running.input_size,
        progress=watcher.event,
        forget=downloader.evict if running.evict else None,
    )
    facts = {one.repo_id: _facts(one) for one in candidates}
    members = {
        name: MapMember(
            {**facts[name], "notes": _plain(found.notes)},
            found.maps[method.attribution],
            found.features if method.needs_features else None,
        )
        for name, found in outcome.attributions.items()
    }
    return members, outcome.skipped, outcome.forward_images


def _plain(notes: object) -> object:
    """Return the notes of an attribution as JSON values."""
    return (
        dict(notes) if isinstance(notes, Mapping) else list(notes) if isinstance(notes, (list, tuple)) else str(notes)
    )


def _facts(candidate: Candidate) -> Json:
    return {name: getattr(candidate, name) for name in _FACTS}


def _told(probe: Probe, samples: int, probe_bytes: int, running: Running) -> Json:
    """Return what it takes to draw the same images again, and to say what they are."""
    return {
        "dataset": str(Path(probe.dataset).resolve()) if Path(probe.dataset).exists() else probe.dataset,
        "config": probe.config,
        "split": probe.split,
        "revision": probe.revision,
        "image_column": probe.input_column,
        "label_column": probe.label_column,
        "target": probe.target,
        "samples": samples,
        "seed": probe.seed,
        "probe_bytes": probe_bytes,
        "images": len(probe),
        "indices": list(probe.indices),
        "fingerprint": probe.fingerprint,
        "classes": list(probe.classes),
        "input_size": running.input_size,
        "labels": None if probe.labels is None or probe.labels.ndim != 1 else probe.labels.tolist(),
    }


def _too_few(members: Collection[object], skipped: Sequence[Skipped]) -> UsageError:
    reasons = "; ".join(f"{item.model}: {item.reason}" for item in skipped)
    count = "only one model can be used" if members else "no model can be used"
    why = f"{count}, and a space needs two" + (f" ({reasons})" if reasons else "")
    return UsageError("Cannot make a model space", why, "name at least two with --models")

"""From a data set and candidates to a saved model map, and more candidates into one that is there."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hubscore.errors import CandidateError, DatasetError, UsageError
from hubscore.extract.cache_key import PENULTIMATE
from hubscore.modalities.attributions import check_attribution
from hubscore.modelmap.files import check_free
from hubscore.modelmap.method import Method
from hubscore.modelmap.model_map import MapMember, ModelMap
from hubscore.run.keywords import takes_options
from hubscore.run.observer import RunObserver
from hubscore.run.options import CandidateOptions, DataOptions, RunOptions
from hubscore.run.session import Session
from hubscore.run.stored_work import passes_left
from hubscore.types import Candidate, Json, Probe, Skipped

THUMBNAIL = 64
_KEPT = ("revision", "library", "family", "parameters", "license", "base_model", "path")


@takes_options(
    CandidateOptions, DataOptions, RunOptions, omit=("target", "unlabeled", "processes", "exclude_contaminated")
)
def build_map(
    dataset: str | os.PathLike[str] | Probe,
    folder: str | os.PathLike[str],
    *,
    method: Method | None = None,
    data: DataOptions,
    candidates: CandidateOptions,
    run: RunOptions,
    watcher: RunObserver | None = None,
) -> ModelMap:
    """Run candidates over the images of a data set and save how alike they are; labels only spread the draw over the
    classes.

    Args:
        dataset: a Hub id, a folder of images, a CSV or Parquet file, or a probe drawn before.
        folder: new or empty, where the map is kept.
        method: from :func:`hubscore.modelmap.method.choose_method`; saliency maps by default.
        data: options of the data as one object, in place of its keywords below; so are the next two.
        candidates: which checkpoints.
        run: how checkpoints run.
        watcher: called at every step.

    Returns:
        The saved map; candidates that could not be used are in ``skipped``.

    Raises:
        UsageError: something is in the folder, or fewer than two candidates.
        DatasetError: the data set cannot be used.
        CandidateError: no candidate was found.
        HubscoreError: the Hub or the disk failed.

    Example:
        >>> model_map = build_map(
        ...     "user/birds", "map", models=["timm/resnet18.a1_in1k", "./my-vit"]
        ... )  # doctest: +SKIP
        >>> model_map.similarities  # doctest: +SKIP
    """
    method, place = method or Method("attribution", "saliency"), Path(folder).expanduser()
    check_free(place)
    session = Session(data, candidates, run, watcher)
    session.open()
    session.check_models()
    probe = session.draw_probe(dataset)
    if method.needs_maps:
        check_attribution(probe.modality, method.attribution, otherwise="--method rsa, which compares features")
    session.observer.drawn(probe)
    outcome = _run(session, probe, method, least=2)
    if len(outcome.members) < 2:
        raise _too_few(outcome.members, outcome.skipped)
    pictures = thumbnails(probe) if method.needs_maps else None
    model_map = ModelMap.create(place, method, _describe_probe(probe, session), pictures)
    model_map.insert(outcome.members)
    model_map.skipped, model_map.forward_images = outcome.skipped, outcome.forward_images
    return model_map


@takes_options(RunOptions, omit=("input_size", "processes"))
def add_models(
    model_map: ModelMap,
    models: Sequence[str],
    *,
    run: RunOptions,
    watcher: RunObserver | None = None,
    probe: Probe | None = None,
) -> None:
    """Run more candidates over the images of a map, and put them in; those that are in it are not run again.

    Args:
        model_map: changed, and saved.
        models: ids, ``id@revision``, folders, or files that list them.
        run: how candidates run, as one object in place of the keywords below; at the map's input size.
        watcher: called at every step.
        probe: the map's images, where they are in memory; drawn again otherwise.

    Raises:
        UsageError: a model is in the map already.
        DatasetError: the data set cannot be used, or its rows are other ones by now.
        CandidateError: none of the candidates can be used.
        HubscoreError: the Hub or the disk failed.
    """
    run = replace(run, input_size=model_map.probe.get("input_size"))
    for name in models:
        if name in model_map.models:
            raise UsageError(f"Cannot add {name!r}", "it is in the map already", f"remove it first: --remove {name}")
    session = Session(_data_options(model_map), CandidateOptions(models=models), run, watcher)
    session.check_models()
    probe = probe or redraw_probe(model_map, token=run.token)
    session.observer.drawn(probe)
    session.open()
    outcome = _run(session, probe, model_map.method)
    model_map.skipped, model_map.forward_images = outcome.skipped, outcome.forward_images
    if not outcome.members:
        reasons = "; ".join(f"{item.model}: {item.reason}" for item in outcome.skipped)
        raise CandidateError("No model can be added to the map", reasons, "name others with --add")
    model_map.insert(outcome.members)


def redraw_probe(model_map: ModelMap, *, token: str | bool | None = None) -> Probe:
    """Return the images that the networks of a map saw, from their data set.

    Raises:
        DatasetError: the data set is gone, or its rows are other ones by now.
    """
    dataset = model_map.probe["dataset"]
    probe = Session(_data_options(model_map), run=RunOptions(token=token)).draw_probe(dataset)
    if probe.fingerprint != model_map.probe["fingerprint"]:
        raise DatasetError(
            f"Data set '{dataset}' has changed",
            "its rows are not those that the models of this map saw",
            "make the map again: hubscore map DATASET --models ... --save DIR",
        )
    return probe


def _data_options(model_map: ModelMap) -> DataOptions:
    names = ("config", "split", "revision", "label_column", "target", "samples", "seed", "probe_bytes")
    kept = {name: model_map.probe[name] for name in names}
    kind = model_map.probe.get("modality")
    return DataOptions(input_column=model_map.probe["image_column"], modality=kind, **kept)


def thumbnails(probe: Probe) -> np.ndarray:
    """Return small copies of a probe's images, shape (n, 64, 64, 3), uint8."""
    return np.stack([np.asarray(image.convert("RGB").resize((THUMBNAIL, THUMBNAIL))) for image in probe.items])


@dataclass(frozen=True)
class _Outcome:
    """What running candidates came to."""

    members: dict[str, MapMember]
    skipped: tuple[Skipped, ...]
    forward_images: int


def _run(session: Session, probe: Probe, method: Method, least: int = 1) -> _Outcome:
    """Find candidates, run them, and return what the method compares."""
    found = session.find_candidates()
    if len(found.candidates) < least:
        raise _too_few(found.candidates, found.skipped)
    left = None if method.needs_maps else passes_left(session, found.candidates, probe)
    session.begin(found, len(probe), left=left)
    outcome = (_attribute if method.needs_maps else _extract)(session, found.candidates, probe, method)
    return replace(outcome, skipped=(*found.skipped, *outcome.skipped))


def _extract(session: Session, candidates: Sequence[Candidate], probe: Probe, method: Method) -> _Outcome:
    outcome = session.extract(candidates, probe)
    facts = {one.repo_id: _metadata(one) for one in candidates}
    members = {
        name: MapMember(facts[name], features=extraction.features[PENULTIMATE])
        for name, extraction in outcome.extractions.items()
    }
    return _Outcome(members, outcome.skipped, outcome.forward_images)


def _attribute(session: Session, candidates: Sequence[Candidate], probe: Probe, method: Method) -> _Outcome:
    outcome = session.attribute(
        candidates,
        probe,
        method.attribution,
        objective=method.objective,
        map_size=method.map_size,
        reading=method.reading,
    )
    facts = {one.repo_id: _metadata(one) for one in candidates}
    members = {
        name: MapMember(
            {**facts[name], "notes": _plain(made.notes)},
            made.maps[method.attribution],
            made.features if method.needs_features else None,
        )
        for name, made in outcome.attributions.items()
    }
    return _Outcome(members, outcome.skipped, outcome.forward_images)


def _plain(notes: object) -> object:
    """Return the notes of an attribution as JSON values."""
    return (
        dict(notes) if isinstance(notes, Mapping) else list(notes) if isinstance(notes, (list, tuple)) else str(notes)
    )


def _metadata(candidate: Candidate) -> Json:
    return {name: getattr(candidate, name) for name in _KEPT}


def _describe_probe(probe: Probe, session: Session) -> Json:
    """Return what it takes to draw the same images again, and to say what they are."""
    return {
        "dataset": str(Path(probe.dataset).resolve()) if Path(probe.dataset).exists() else probe.dataset,
        "config": probe.config,
        "split": probe.split,
        "revision": probe.revision,
        "image_column": probe.input_column,
        "label_column": probe.label_column,
        "target": probe.target,
        "samples": session.data.samples,
        "seed": probe.seed,
        "probe_bytes": session.data.probe_bytes,
        "images": len(probe),
        "modality": probe.modality,
        "indices": list(probe.indices),
        "fingerprint": probe.fingerprint,
        "classes": list(probe.classes),
        "input_size": session.run.input_size,
        "labels": None if probe.labels is None or probe.labels.ndim != 1 else probe.labels.tolist(),
    }


def _too_few(members: Collection[object], skipped: Sequence[Skipped]) -> UsageError:
    reasons = "; ".join(f"{item.model}: {item.reason}" for item in skipped)
    count = "only one model can be used" if members else "no model can be used"
    why = f"{count}, and a map needs two" + (f" ({reasons})" if reasons else "")
    return UsageError("Cannot make a model map", why, "name at least two with --models")

"""True accuracies of a ranking's first models, by fine-tuning them on the data set that they were ranked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from hubscore.candidates.download import download
from hubscore.candidates.resolve import resolve_candidates
from hubscore.errors import CandidateError, DatasetError, UsageError
from hubscore.finetune.recipe import FineTuneResult, Recipe, Sample, Split
from hubscore.finetune.training import finetune
from hubscore.hub.client import hub_api
from hubscore.probe.load import load_probe
from hubscore.types import Candidate, Probe, Ranking, Row

TRAIN, VALIDATION, TEST = 300, 100, 300
"""Images, as in the recipe of :class:`~hubscore.finetune.recipe.Recipe`."""


def measured(
    ranking: Ranking,
    top: int,
    split: Split,
    *,
    recipe: Recipe | None = None,
    device: str = "auto",
    failed: Callable[[str, CandidateError], None] | None = None,
) -> Iterator[FineTuneResult]:
    """Fine-tune the first models of a ranking, one after the other.

    Args:
        ranking: names the models, their revisions and the input size they were run at.
        top: how many of the first.
        split: what they are fine-tuned and measured on; :func:`split_of` draws it.
        recipe: how.
        device: ``auto``, ``cpu``, ``cuda``, ...
        failed: told of a model that cannot be fine-tuned; it is passed over.

    Yields:
        One result a model, in the order of the ranking.
    """
    place = chosen_device(device)
    for row in ranking.rows[:top]:
        try:
            candidate = candidate_of(row)
            size = ranking.record.input_size
            yield finetune(candidate, download(candidate), split, recipe=recipe, input_size=size, device=place)
        except CandidateError as error:
            if failed is not None:
                failed(row.model, error)


def split_of(ranking: Ranking, *, test_split: str = "test", seed: int = 0) -> Split:
    """Draw training, validation and test images of the data set that a ranking is for.

    Where the data set has no split of that name, the test images come from the ranked split too, and are not trained
    on.

    Args:
        ranking: names the data set, its configuration, split and revision.
        test_split: where the test images come from.
        seed: of the draw.

    Raises:
        UsageError: the labels are no single classes.
        DatasetError: the data set cannot be read, or its splits have different classes.
    """
    about = ranking.probe
    known = {"config": about.config, "revision": about.revision, "seed": seed}
    known |= {"image_column": about.image_column, "label_column": about.label_column}
    if about.has("target") and about.target != "classification":
        raise UsageError(
            f"Cannot fine-tune for {about.target}", "only single classes are supported", "--truth truth.csv"
        )
    try:
        test = load_probe(about.dataset, split=test_split, samples=TEST, **known)
    except UsageError:
        whole = load_probe(about.dataset, split=about.split, samples=TRAIN + VALIDATION + TEST, **known)
        third = len(whole) * TEST // (TRAIN + VALIDATION + TEST)
        return _divided(_sample(whole, third, len(whole)), _sample(whole, 0, third))
    fitted = load_probe(about.dataset, split=about.split, samples=TRAIN + VALIDATION, **known)
    if test.classes != fitted.classes:
        what = f"Splits '{about.split}' and '{test_split}' of '{about.dataset}' have different classes"
        raise DatasetError(what, f"{len(fitted.classes)} and {len(test.classes)} of them", "--test-split NAME")
    return _divided(_sample(fitted, 0, len(fitted)), _sample(test, 0, len(test)))


def candidate_of(row: Row) -> Candidate:
    """Find a ranked model again, at the revision that was ranked.

    Raises:
        CandidateError: it is gone, or a local folder has changed.
    """
    name = row.model.partition("@")[0]
    local = row.revision.startswith("local-")
    found = resolve_candidates([row.model if local else f"{name}@{row.revision}"], api=hub_api())
    candidate = found.candidates[0]
    if candidate.revision != row.revision:
        why = "its files are not those that were ranked"
        raise CandidateError(
            f"Model {row.model!r} has changed", why, "rank again", subject=row.model, predicate="has changed"
        )
    return replace(candidate, repo_id=row.model)


def chosen_device(device: str) -> str:
    """Return where torch runs: what was asked for, or for ``auto`` the accelerator where there is one."""
    if device != "auto":
        return device
    import torch

    return str(torch.accelerator.current_accelerator()) if torch.accelerator.is_available() else "cpu"


def _sample(probe: Probe, start: int, end: int) -> Sample:
    if probe.labels is None:
        raise UsageError(f"Cannot fine-tune on '{probe.dataset}'", "it has no labels", "--truth truth.csv")
    return Sample([probe.items[row] for row in range(start, end)], probe.labels[start:end])


def _divided(fitted: Sample, test: Sample) -> Split:
    """Take a quarter of the images off for validation; probes cycle through the classes, so any run of rows is
    balanced.
    """
    cut = len(fitted.labels) * TRAIN // (TRAIN + VALIDATION)
    return Split(
        Sample(fitted.images[:cut], fitted.labels[:cut]), Sample(fitted.images[cut:], fitted.labels[cut:]), test
    )

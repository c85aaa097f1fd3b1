"""True accuracies of a ranking's first models, by fine-tuning them on the data set that they were ranked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from hubscore.errors import CandidateError, DatasetError, UsageError
from hubscore.extract.row_ids import SomeItems
from hubscore.finetune.recipe import FineTuneResult, Recipe, Sample, Split, Train
from hubscore.finetune.training import finetune
from hubscore.run.keywords import takes_options
from hubscore.run.options import DataOptions, RunOptions
from hubscore.run.run_options import WORKER_FIELDS
from hubscore.run.session import Session
from hubscore.types import Candidate, Probe, Ranking, Row

TRAIN, VALIDATION, TEST = 300, 100, 300
"""Images, as in the recipe of :class:`~hubscore.finetune.recipe.Recipe`."""


@takes_options(
    RunOptions,
    omit=(
        "input_size",
        "batch_size",
        *WORKER_FIELDS,
        "budget_gb",
        "yes",
        "evict",
        "cache_dir",
    ),
)
def finetune_top(
    ranking: Ranking,
    top: int,
    split: Split,
    *,
    recipe: Recipe | None = None,
    train: Train = "all",
    failed: Callable[[str, CandidateError], None] | None = None,
    run: RunOptions,
) -> Iterator[FineTuneResult]:
    """Fine-tune the first models of a ranking, one after the other.

    Args:
        ranking: names the models, their revisions and the input size they were run at.
        top: how many of the first.
        split: what they are fine-tuned and measured on; :func:`draw_split` draws it.
        recipe: how.
        train: ``all`` weights, or a new ``head`` alone.
        failed: called with a model that cannot be fine-tuned and the error; it is passed over.
        run: where, as one object in place of the keywords below.

    Yields:
        One result per model, in the order of the ranking.
    """
    session, size = Session(run=run), ranking.record.input_size
    for row in ranking.rows[:top]:
        try:
            candidate = replace(find_ranked(session, row), input_size=ranking.record.input_sizes.get(row.model))
            folder = session.downloader.download(candidate)
            yield finetune(candidate, folder, split, recipe=recipe, input_size=size, device=session.device, train=train)
        except CandidateError as error:
            if failed is not None:
                failed(row.model, error)


def draw_split(ranking: Ranking, *, test_split: str = "test", seed: int = 0, token: str | bool | None = None) -> Split:
    """Draw training, validation and test images of the data set that a ranking is for.

    Where the data set has no split of that name, the test images come from the ranked split too, and are not trained
    on.

    Args:
        ranking: names the data set, its configuration, split and revision.
        test_split: where the test images come from.
        seed: of the draw.
        token: for the Hub; the saved one by default.

    Raises:
        UsageError: the labels are not single classes.
        DatasetError: the data set cannot be read, or its splits have different classes.
    """
    about = ranking.probe
    if about.has("target") and about.target != "classification":
        raise UsageError(
            f"Cannot fine-tune for {about.target}", "only single classes are supported", "--truth truth.csv"
        )
    rows = DataOptions(
        config=about.config,
        revision=about.revision,
        seed=seed,
        input_column=about.input_column,
        label_column=about.label_column,
    )

    def draw(split: str | None, samples: int) -> Probe:
        session = Session(replace(rows, split=split, samples=samples), run=RunOptions(token=token))
        return session.draw_probe(about.dataset or "", labels_required=True)

    try:
        test = draw(test_split, TEST)
    except UsageError:
        whole = draw(about.split, TRAIN + VALIDATION + TEST)
        third = len(whole) * TEST // (TRAIN + VALIDATION + TEST)
        return _divide(_sample(whole, third, len(whole)), _sample(whole, 0, third))
    fitted = draw(about.split, TRAIN + VALIDATION)
    if test.classes != fitted.classes:
        what = f"Splits '{about.split}' and '{test_split}' of '{about.dataset}' have different classes"
        raise DatasetError(what, f"{len(fitted.classes)} and {len(test.classes)} of them", "--test-split NAME")
    return _divide(_sample(fitted, 0, len(fitted)), _sample(test, 0, len(test)))


def find_ranked(session: Session, row: Row) -> Candidate:
    """Find a ranked model again, at the revision that was ranked.

    Raises:
        CandidateError: it is gone, or a local folder has changed.
    """
    name = row.model.partition("@")[0]
    local = row.revision.startswith("local-")
    candidate = session.find_network(row.model if local else f"{name}@{row.revision}")
    if candidate.revision != row.revision:
        why = "its files are not those that were ranked"
        raise CandidateError(
            f"Model {row.model!r} has changed", why, "rank again", subject=row.model, predicate="has changed"
        )
    return replace(candidate, repo_id=row.model)


def _sample(probe: Probe, start: int, end: int) -> Sample:
    if probe.labels is None:
        raise UsageError(f"Cannot fine-tune on '{probe.dataset}'", "it has no labels", "--truth truth.csv")
    return Sample(SomeItems(probe.items, range(start, end)), probe.labels[start:end])


def _divide(fitted: Sample, test: Sample) -> Split:
    """Take a quarter of the images off for validation; probes cycle through the classes, so any run of rows is
    balanced.
    """
    cut = len(fitted.labels) * TRAIN // (TRAIN + VALIDATION)
    train, validation = (SomeItems(fitted.items, some) for some in (range(cut), range(cut, len(fitted.labels))))
    return Split(Sample(train, fitted.labels[:cut]), Sample(validation, fitted.labels[cut:]), test)

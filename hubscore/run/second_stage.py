"""The second stage of a run: the first models of a ranking are fine-tuned briefly, in one process or in several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from hubscore.candidates.finetuning_work import TRAINING_PER_FORWARD
from hubscore.errors import CandidateError, HubscoreError
from hubscore.extract.cache import FeatureCache
from hubscore.extract.cache_key import EXTRACTOR_VERSION, FINETUNING_VERSION, finetuning_key, network_key
from hubscore.extract.engine import each, gather
from hubscore.extract.extraction_task import versions
from hubscore.extract.scheduler import CacheKeys, CandidateTask, GatheredResults, not_found
from hubscore.finetune.recipe import Recipe, Train, recipe_for
from hubscore.modalities.registry import MODALITIES
from hubscore.ranking.second_stage import COMBINED, apply_measurements, first_models
from hubscore.run.extraction import supervision
from hubscore.run.session import Session
from hubscore.run.short_split import ShortSplit
from hubscore.types import Candidate, FineTuning, Json, Measured, Ranking, Row
from hubscore.types.inputs import pack

_BEHIND = "it stands behind the models that could be fine-tuned"


def second_stage(
    session: Session,
    ranking: Ranking,
    candidates: Sequence[Candidate],
    split: ShortSplit,
    top: int,
    *,
    recipe: Recipe | None = None,
    train: str = "all",
) -> Ranking:
    """Fine-tune the first models of a ranking briefly, and order them by what came of it; or train new heads on them.

    What a fine-tuning reached is kept in the cache as soon as it is there, so that an interrupted run goes on where it
    was. Where accelerate or torchrun started several processes, each takes its share of the models.

    Args:
        session: where networks run.
        ranking: by the scores.
        candidates: its models, by ``repo_id``.
        split: what they are fine-tuned and measured on.
        top: how many of the first.
        recipe: how, by default the short one for the candidates' kind of items; the session's seed takes the place of
            its own.
        train: ``all`` weights; a new ``head`` alone, whose accuracy stands beside and orders nothing; or ``both``.

    Returns:
        The ranking with its first models measured; those that could not be fine-tuned are named in its warnings.

    Raises:
        StorageError: the cache cannot be written.
        UsageError: the device is not there.
    """
    kind = candidates[0].modality if candidates else "image"
    chosen = first_models(ranking, top)
    known = {one.repo_id: one for one in candidates}
    wanted = [known[row.model] for row in chosen]
    made = ranking
    if train != "head":
        recipe = replace(recipe or recipe_for(kind, "short"), seed=session.data.seed)
        made = _tuned(session, made, chosen, wanted, split, recipe)
    return made if train == "all" else _with_heads(session, made, wanted, split, kind)


def _tuned(
    session: Session,
    ranking: Ranking,
    chosen: Sequence[Row],
    wanted: Sequence[Candidate],
    split: ShortSplit,
    recipe: Recipe,
) -> Ranking:
    """Fine-tune all weights of the chosen models, and order them."""
    session.observer.finetuning(wanted, split.text)
    shared = finetune_briefly(session, wanted, split, recipe)
    made = apply_measurements(ranking, chosen, shared.results)
    failed = {item.model: item.reason for item in shared.skipped}
    names = tuple(row.model for row in chosen)
    text = _text([row for row in chosen if row.model in shared.results], recipe, split)
    named = FineTuning(names, failed, pack(asdict(recipe)), text, _details(recipe, wanted[0].modality))
    said = (*made.record.warnings, *(f"{model} {reason}; {_BEHIND}" for model, reason in failed.items()))
    return replace(made, record=replace(made.record, finetuning=named, warnings=said))


def _with_heads(
    session: Session, ranking: Ranking, wanted: Sequence[Candidate], split: ShortSplit, modality: str
) -> Ranking:
    """Train a new head on each of the chosen models as it is, and show beside what it reaches."""
    whole = recipe_for(modality, "head", flip=False)
    # One learning rate: the better of two would be chosen by the rows that are measured on.
    recipe = replace(whole, learning_rates=whole.learning_rates[:1], seed=session.data.seed)
    session.observer.finetuning(wanted, f"with a new head trained {split.rows}")
    shared = finetune_briefly(session, wanted, split, recipe, train="head")
    rows = tuple(replace(row, head=shared.results.get(row.model)) for row in ranking.rows)
    models = "the first model" if len(shared.results) == 1 else f"each of the first {len(shared.results)}"
    text = (
        f"A new head was trained on {models} as it is, {split.rows}, after {recipe.epochs} epochs;"
        " its accuracy orders nothing."
    )
    if not shared.results:
        text = f"No new head could be trained {split.rows}."
    before = ranking.record.finetuning or FineTuning(tuple(one.repo_id for one in wanted))
    named = replace(before, text=f"{before.text} {text}".strip(), head_recipe=pack(asdict(recipe)))
    said = (*ranking.record.warnings, *(f"{item.model} {item.reason}: it has no new head" for item in shared.skipped))
    return replace(ranking, rows=rows, record=replace(ranking.record, finetuning=named, warnings=said))


def finetune_briefly(
    session: Session, candidates: Sequence[Candidate], split: ShortSplit, recipe: Recipe, *, train: Train = "all"
) -> GatheredResults[Measured]:
    """Fine-tune candidates briefly and measure them; what was measured before is read from the cache.

    Args:
        session: where networks run, and whose cache.
        candidates: with unique ``repo_id``.
        split: what they are fine-tuned and measured on.
        recipe: how.
        train: all weights, or a new head alone.
    """
    plan = split.work(len(candidates))
    times = (plan.train * plan.epochs * TRAINING_PER_FORWARD + plan.validation) / max(1, plan.train)
    ended = each(
        FineTuningRecipe(split, recipe, session.run.input_size, train),
        candidates,
        store=session.cache,
        fetch=session.downloader.download,
        fetch_config=session.downloader.download_config,
        forget=session.downloader.evict if session.run.evict else None,
        progress=session.observer.event,
        device=session.run.device,
        supervision=supervision(session, len(candidates), times=times),
    )
    return gather(ended, candidates)


def recipe_key(recipe: Recipe, train: Train) -> Json:
    """Return what of a recipe decides what is reached; of a new head alone, that it is one."""
    return asdict(recipe) if train == "all" else {**asdict(recipe), "train": train}


def _text(measured: Sequence[Row], recipe: Recipe, split: ShortSplit) -> str:
    """Say what was done with the first models, and what orders them."""
    if not measured:
        return f"None of the first models could be {split.text}."
    models = "The first model was" if len(measured) == 1 else f"The first {len(measured)} were"
    expected = all(row.expected is not None for row in measured)
    rule = "expected and measured accuracy together" if expected else "what was measured"
    order = "" if len(measured) == 1 else f", and are ordered by {rule}"
    return f"{models} {split.text}, after {recipe.epochs} epochs{order}."


def _details(recipe: Recipe, modality: str) -> str:
    """Return the recipe and the rule of the order, in words."""
    rate, items = f"{recipe.learning_rates[0]:g}", MODALITIES.get(modality).nouns[1]
    shown = {"whole": f"whole {items}", "own": f"{items} as each checkpoint has them"}[recipe.transform]
    size = " at the ranking's input size" if modality == "image" else ""
    return (
        f"{recipe.epochs} epochs of AdamW over all weights, one learning-rate cycle to {rate}, batches of"
        f" {recipe.batch_size}, {shown}{size}. {COMBINED}"
    )


@dataclass(frozen=True)
class FineTuningRecipe:
    """How the task of fine-tuning briefly is made; :func:`finetune_briefly` says what the fields are."""

    split: ShortSplit
    recipe: Recipe
    input_size: int | None
    train: Train = "all"

    def make(
        self,
        *,
        fetch: Callable[[Candidate], Path],
        fetch_config: Callable[[Candidate], Path],
        store: FeatureCache,
        device: str,
    ) -> _ShortFineTuning:
        """Return the task."""
        return _ShortFineTuning(
            self.split, self.recipe, fetch, fetch_config, store, device, self.input_size, self.train
        )

    def identity(self, candidate: Candidate) -> Json:
        """Return what decides the key of what a candidate reaches."""
        return {
            "task": "finetuned",
            "revision": candidate.revision,
            "library": candidate.library,
            "weights": candidate.weights,
            "modality": candidate.modality,
            "input_size": candidate.size_in(self.input_size),
            "recipe": pack(recipe_key(self.recipe, self.train)),
            "split": self.split.fingerprint,
            "version": [EXTRACTOR_VERSION, FINETUNING_VERSION],
            "versions": versions(candidate),
        }

    def lasting(self, keys: CacheKeys) -> bool:
        """Whether the key holds the next time: always."""
        return True


@dataclass
class _ShortFineTuning(CandidateTask[Measured]):
    """What is the same for every model, and the count of images that went through networks."""

    split: ShortSplit
    recipe: Recipe
    fetch: Callable[[Candidate], Path]
    fetch_config: Callable[[Candidate], Path]
    store: FeatureCache
    device: str
    input_size: int | None
    train: Train = "all"
    forward_images: int = 0
    keys: dict[str, str] = field(init=False, default_factory=dict)

    def result(self, candidate: Candidate) -> Measured:
        from hubscore.models.load import transform_spec
        from hubscore.models.network import spec_of

        own = transform_spec(candidate, self.fetch_config(candidate), input_size=self.input_size)
        spec = spec_of(self.recipe.transform, own, candidate.modality)
        network = network_key(candidate, spec, input_size=self.input_size)
        key = finetuning_key(network, recipe_key(self.recipe, self.train), self.split.fingerprint)
        self.keys[candidate.repo_id] = key
        known = self.store.measured.read(key)
        if known is not None:
            return known
        made = self._measure(candidate)
        passes = made.epochs if self.train == "all" else 1
        self.forward_images += made.train_images * passes + made.images
        self.store.measured.write(key, candidate, made)
        return made

    def cache_keys(self, name: str, result: Measured) -> CacheKeys:
        return (self.keys[name],)

    def stored(self, name: str, keys: CacheKeys) -> Measured:
        found = self.store.measured.read(keys[0])
        if found is None:
            raise not_found(self.store, name)
        return found

    def _measure(self, candidate: Candidate) -> Measured:
        """Fine-tune; whatever goes wrong with one network is said of that network."""
        from hubscore.finetune.short import measure
        from hubscore.models.checkpoint_files import one_line

        folder = self.fetch(candidate)
        try:
            return measure(
                candidate,
                folder,
                self.split.train,
                self.split.validation,
                recipe=self.recipe,
                train_kind=self.train,
                input_size=self.input_size,
                device=self.device,
            )
        except HubscoreError:
            raise
        except Exception as error:  # an operation without a gradient, memory that ran out: torch has no common class
            what, why = "cannot be fine-tuned", f"{type(error).__name__}: {one_line(error)}"
            raise CandidateError(
                f"Model {candidate.repo_id!r} {what}", why, subject=candidate.repo_id, predicate=what
            ) from error

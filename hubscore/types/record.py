"""What somebody needs to judge and repeat a ranking: options, recipe, and what ran it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hubscore.types.inputs import Json
from hubscore.types.measured import FineTuning
from hubscore.types.open_record import OpenRecord, optional, reads, tuples
from hubscore.types.race import Race


@dataclass(frozen=True)
class RankingOptions(OpenRecord):
    """What was asked of a ranking; none where a file does not say.

    Attributes:
        scores: ``"all"`` or names.
        reduce: dimensions of the exact PCA before every score that reads features but the kernel probes.
        capacity: whether each network's depth was added to every score.
        subsamples: how many for the intervals.
        probes: how many were drawn.
        seed: of everything drawn at random.
        resample: slow scores that were recomputed on every subsample all the same.
        label_texts: shapes of the class-text embeddings, where they are given.
    """

    scores: str | tuple[str, ...] | None = field(default=None, metadata=reads(tuples))
    reduce: int | None = None
    capacity: bool | None = None
    subsamples: int | None = None
    probes: int | None = None
    seed: int | None = None
    resample: tuple[str, ...] | None = field(default=None, metadata=reads(tuples))
    label_texts: tuple[tuple[int, ...], ...] | None = field(default=None, metadata=reads(tuples))


@dataclass(frozen=True)
class Recipe(OpenRecord):
    """How the consensus came about.

    Attributes:
        text: in words.
        families: the scores that were averaged, by family.
        minimum_share: of the models for which a score must be defined to be averaged.
        not_averaged: why a score was not, by name.
    """

    text: str = ""
    families: Mapping[str, Sequence[str]] = field(default_factory=dict)
    minimum_share: float | None = None
    not_averaged: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Uncertainty(OpenRecord):
    """How the intervals came about.

    Attributes:
        subsamples: how many; 0 for none.
        probes: how many were drawn instead of subsamples.
        samples_kept: rows of a subsample.
        samples: rows of the probe.
        level: of the intervals.
        recomputed: on how many subsamples each score was recomputed.
        defined: on how many of those every model had a value.
        text: in words.
    """

    subsamples: int = 0
    probes: int | None = field(default=None, metadata=optional())
    samples_kept: int | None = field(default=None, metadata=optional())
    samples: int | None = field(default=None, metadata=optional())
    level: float | None = field(default=None, metadata=optional())
    recomputed: Mapping[str, int] | None = field(default=None, metadata=optional())
    defined: Mapping[str, int] | None = field(default=None, metadata=optional())
    text: str = ""


@dataclass(frozen=True)
class ExpectedAccuracies(OpenRecord):
    """Of what the expected accuracies of a ranking are estimates, and how they came about.

    Attributes:
        truth: what is estimated, in words that complete "expected accuracy".
        level: of the intervals of accuracies.
        confidence: with which the shortlist holds the truly best.
        worlds: how many outcomes were drawn for ranks, P(best) and the shortlist.
        notes: what a reader must know of all of them, such as that the interval is wider.
        calibration: what turned scores into accuracies: its provenance, schema and errors.
        text: in words.
    """

    truth: str = ""
    level: float | None = None
    confidence: float | None = None
    worlds: int | None = None
    notes: tuple[str, ...] = field(default=(), metadata=reads(tuples))
    calibration: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True)
class Reference(OpenRecord):
    """The network of the target task that candidates were compared with.

    Attributes:
        model: its ``repo_id``.
        revision: its commit.
        head: whether a linear head was trained over it.
    """

    model: str | None = None
    revision: str | None = None
    head: bool = False


@dataclass(frozen=True)
class RunRecord(OpenRecord):
    """The reproduction record of a ranking.

    Attributes:
        versions: of the packages, by name.
        hardware: of the machine.
        command: as one would paste it, without secrets.
        endpoint: the Hub's address.
        date: when the ranking was made, in ISO form.
        seeds: by what they were used for.
        options: what was asked.
        recipe: how the consensus came about.
        uncertainty: how the intervals came about.
        warnings: what a reader must know before believing the order.
        extractions: per model, what decided its features and how long it took.
        milliseconds: per score, over all models.
        left_out: models that the search left out, by reason.
        forward_images: how many went through networks for this ranking.
        input_size: pixels per side, where it was asked for.
        input_sizes: pixels per side by model, where the list of candidates asked for it; before ``input_size``.
        samples: rows asked for.
        transform: what features were taken of: "own" for each checkpoint's own transform, "whole" for whole items.
        precision: of the forward passes, as ``--precision`` names it.
        maps_skipped: per kind of attribution map, the models without one and the reason.
        map_images: how many went through networks for attribution maps.
        reference: the network that candidates were compared with.
        ordered_by: which rule ordered the rows: "expected accuracy" or "consensus"; none where a file does not say.
        order_text: why that rule, in words.
        expected: how the expected accuracies came about, none without any.
        finetuning: how the first models were fine-tuned briefly, none where they were not.
        race: how candidates were stopped early, none where all ran over all rows.
        recommended: which candidates a history recommended and which were explored, in words.
    """

    versions: Mapping[str, str | None] = field(default_factory=dict)
    hardware: Mapping[str, Any] = field(default_factory=dict)
    command: str | None = None
    endpoint: str | None = None
    date: str | None = None
    seeds: Mapping[str, int] = field(default_factory=dict)
    options: RankingOptions = field(default_factory=RankingOptions, metadata=reads(RankingOptions.from_json))
    recipe: Recipe = field(default_factory=Recipe, metadata=reads(Recipe.from_json))
    uncertainty: Uncertainty = field(default_factory=Uncertainty, metadata=reads(Uncertainty.from_json))
    warnings: tuple[str, ...] = field(default=(), metadata=reads(tuples))
    extractions: Mapping[str, Json] = field(default_factory=dict)
    milliseconds: Mapping[str, float] = field(default_factory=dict)
    left_out: Mapping[str, Sequence[str]] = field(default_factory=dict)
    forward_images: int | None = None
    input_size: int | None = None
    input_sizes: Mapping[str, int] = field(default_factory=dict, metadata=optional())
    samples: int | None = None
    transform: str = field(default="own", metadata=optional())
    precision: str = field(default="float32", metadata=optional())
    maps_skipped: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    map_images: int | None = None
    reference: Reference | None = field(default=None, metadata=reads(Reference.from_json))
    ordered_by: str | None = None
    order_text: str = field(default="", metadata=optional())
    expected: ExpectedAccuracies | None = field(default=None, metadata=optional(ExpectedAccuracies.from_json))
    finetuning: FineTuning | None = field(default=None, metadata=optional(FineTuning.from_json))
    recommended: str = field(default="", metadata=optional())
    race: Race | None = field(default=None, metadata=optional(Race.from_json))

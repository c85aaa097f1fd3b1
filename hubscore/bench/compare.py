"""A ranking beside the truth: how well each score, the consensus and each baseline ordered the models."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, TypeVar

from hubscore.bench import metrics as measures
from hubscore.bench.noise import Noise, noise_of
from hubscore.bench.probe_spread import MeanPC, mean_pc
from hubscore.bench.promises import Promises, check_promises
from hubscore.bench.truth import Truth
from hubscore.errors import Undefined, UsageError
from hubscore.types import Ranking

Kind = Literal["combined accuracy", "expected accuracy", "consensus", "score", "baseline", "ceiling"]
Column = tuple[str, Kind, dict[str, float]]
"""A name, what it is, and values by model."""
T = TypeVar("T")
KINDS: tuple[Kind, ...] = ("combined accuracy", "expected accuracy", "consensus", "score", "baseline", "ceiling")


@dataclass(frozen=True)
class Match:
    """How well one column of a ranking matched the truth.

    Attributes:
        name: the score or baseline, ``consensus``, ``expected accuracy``, or ``combined accuracy`` of a second stage.
        kind: which of these.
        models: how many have both a value and an accuracy.
        weighted_tau: Kendall's tau with the top weighted, -1 to 1; none where undefined.
        kendall: tau-b, -1 to 1.
        by_chance: share of random orders with at least this tau-b.
        pearson: linear correlation, -1 to 1.
        precision: P@k, 0 to 1.
        recall: R@k, 0 to 1.
        rel: best accuracy among the first k over the best of all.
        regret: accuracy lost by taking the first, 0 to 1.
        regret_at_k: accuracy lost by fine-tuning the first k and keeping the best.
        mean_pc: Pearson's correlation in the mean over several fresh probes, where the ranking was made over them.
        mean_pc_sd: its standard deviation over them.
        undefined: why a measure has no value, by measure.
    """

    name: str
    kind: Kind
    models: int
    weighted_tau: float | None = None
    kendall: float | None = None
    by_chance: float | None = None
    pearson: float | None = None
    precision: float | None = None
    recall: float | None = None
    rel: float | None = None
    regret: float | None = None
    regret_at_k: float | None = None
    mean_pc: float | None = None
    mean_pc_sd: float | None = None
    undefined: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Comparison:
    """A ranking compared with true accuracies.

    Attributes:
        matches: the expected accuracy, where there is one, and the consensus first, then scores, then baselines, each
            part best first.
        accuracies: of the models compared, best first.
        missing: ranked models without an accuracy.
        left_out: models whose source is the target itself.
        k: of P@k, R@k and rel@k.
        relevant: how many models count as truly best.
        standard_error: of a typical accuracy; none where nothing is known of it.
        ordered_by: the match of what the ranking is ordered by.
        noise: what the standard errors mean for the comparison; none where nothing is known of them.
        promises: how much of what the ranking promised came true.
    """

    matches: tuple[Match, ...]
    accuracies: Mapping[str, float]
    missing: tuple[str, ...]
    left_out: tuple[str, ...]
    k: int
    relevant: int
    standard_error: float | None
    ordered_by: str = "consensus"
    noise: Noise | None = None
    promises: Promises | None = None

    def match(self, name: str) -> Match:
        """Return one column's match by name."""
        for match in self.matches:
            if match.name == name:
                return match
        raise UsageError(
            f"The ranking has no score '{name}'", f"it has {', '.join(match.name for match in self.matches)}"
        )

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


def compare(ranking: Ranking, truth: Truth, *, k: int = 3, relevant: int = 5) -> Comparison:
    """Measure how well each column of a ranking ordered the models by their true accuracy.

    Scores for which lower is better are negated first. A column that is undefined for some models is measured on
    the others, and says on how many.

    Args:
        ranking: the estimates.
        truth: the accuracies.
        k: of P@k, R@k and rel@k; at most the number of models.
        relevant: how many models count as truly best; at most half of them.

    Returns:
        One match a column.

    Raises:
        UsageError: fewer than three ranked models have an accuracy.

    Example:
        >>> compare(ranking, read_truth(Path("truth.csv"))).match("logme").weighted_tau  # doctest: +SKIP
        0.81
    """
    known = {row.model: _accuracy(row.model, truth) for row in ranking if row.model not in truth.left_out}
    accuracies = {model: value for model, value in known.items() if value is not None}
    if len(accuracies) < 3:
        what = f"Only {len(accuracies)} of {len(ranking)} ranked models have a true accuracy"
        why = f"the table names {', '.join(list(truth.accuracies)[:3])}, ..."
        raise UsageError(what, why, "use the names of the ranking, for 3 or more")
    k, relevant = min(k, len(accuracies)), max(1, min(relevant, len(accuracies) // 2))
    columns = [
        (name, kind, {model: value for model, value in values.items() if model in accuracies})
        for name, kind, values in columns_of(ranking)
    ]
    each = mean_pc(ranking, accuracies)
    made = (match_column(*column, accuracies, k, relevant) for column in columns)
    matches = sorted((_with_probes(match, each) for match in made), key=_place)
    noise = _noise(columns, matches, accuracies, truth)
    return Comparison(
        matches=tuple(matches),
        accuracies=dict(sorted(accuracies.items(), key=lambda item: -item[1])),
        missing=tuple(model for model, value in known.items() if value is None),
        left_out=tuple(row.model for row in ranking if row.model in truth.left_out),
        k=k,
        relevant=relevant,
        standard_error=None if noise is None else noise.standard_error,
        ordered_by=matches[0].name,
        noise=noise,
        promises=check_promises(ranking, accuracies),
    )


def _with_probes(match: Match, found: Mapping[str, MeanPC]) -> Match:
    """Add what each of several probes says."""
    one = found.get(match.name)
    return match if one is None else replace(match, mean_pc=one.mean, mean_pc_sd=one.deviation)


def _noise(
    columns: Sequence[Column], matches: Sequence[Match], accuracies: Mapping[str, float], truth: Truth
) -> Noise | None:
    """Weigh the ranking's order against the best baseline, and against the consensus where that is another."""
    errors = truth.standard_errors()
    if errors is None:
        return None
    named = {name: values for name, _, values in columns}
    first = matches[0].name
    others = [match.name for match in matches if match.kind == "consensus" and match.name != first]
    others += [match.name for match in matches if match.kind == "baseline" and match.weighted_tau is not None][:1]
    known = {model: error for model in accuracies if (error := _looked_up(model, errors.by_model)) is not None}
    runs = {model: found for model in accuracies if (found := _looked_up(model, truth.runs)) is not None}
    pairs = [((first, named[first]), (one, named[one])) for one in others]
    return noise_of(accuracies, replace(errors, by_model=known), runs, pairs)


def _accuracy(model: str, truth: Truth) -> float | None:
    return _looked_up(model, truth.accuracies)


def _looked_up(model: str, values: Mapping[str, T]) -> T | None:
    """Look a model up; a ranking may have put the revision behind the name."""
    return values.get(model, values.get(model.partition("@")[0]))


def columns_of(ranking: Ranking) -> Iterator[Column]:
    """Yield every column with larger values promising more."""
    expected = {row.model: row.expected for row in ranking if row.expected is not None}
    measured = {row.model: row.combined for row in ranking if row.combined is not None}
    if expected and measured:  # the second stage: the other models are as they were
        yield "combined accuracy", "combined accuracy", expected | measured
    if expected:
        yield "expected accuracy", "expected accuracy", expected
    yield "consensus", "consensus", {row.model: row.consensus for row in ranking if row.consensus is not None}
    for name in dict.fromkeys(name for row in ranking for name in row.scores):
        sign = -1.0 if name in ranking.scores and ranking.scores[name].lower_is_better else 1.0
        yield name, "score", {row.model: sign * row.scores[name] for row in ranking if name in row.scores}
    for name in dict.fromkeys(name for row in ranking for name in row.baselines):
        values = {row.model: row.baselines.get(name) for row in ranking}
        yield name, "baseline", {model: float(value) for model, value in values.items() if value is not None}


def match_column(
    name: str, kind: Kind, values: Mapping[str, float], accuracies: Mapping[str, float], k: int, relevant: int
) -> Match:
    """Measure one column: larger values promise more.

    Args:
        name: of the column.
        kind: what it is.
        values: by model.
        accuracies: by model, those of ``values`` among them.
        k: of P@k, R@k, rel@k and regret@k; at most the number of models.
        relevant: how many count as truly best.
    """
    models = list(values)
    pair = [values[model] for model in models], [accuracies[model] for model in models]
    ways: dict[str, Callable[[], float]] = {
        "weighted_tau": lambda: measures.weighted_tau(*pair),
        "kendall": lambda: measures.kendall(*pair),
        "by_chance": lambda: measures.by_chance(*pair),
        "pearson": lambda: measures.pearson(*pair),
    }
    if len(models) == len(accuracies):  # among fewer models the best may be missing, and picking would look too easy
        ways |= {
            "precision": lambda: measures.precision_at(k, *pair, relevant=relevant),
            "recall": lambda: measures.recall_at(k, *pair, relevant=relevant),
            "rel": lambda: measures.rel_at(k, *pair),
            "regret": lambda: measures.regret(*pair),
            "regret_at_k": lambda: measures.regret(*pair, k=k),
        }
    if not models:
        return Match(name=name, kind=kind, models=0, undefined=dict.fromkeys(ways, "no model has a value"))
    found: dict[str, float] = {}
    undefined: dict[str, str] = {}
    for measure, compute in ways.items():
        try:
            found[measure] = compute()
        except Undefined as error:
            undefined[measure] = error.reason
    if len(models) < len(accuracies):
        reason = f"it has a value for {len(models)} of {len(accuracies)} models"
        undefined |= dict.fromkeys(("precision", "recall", "rel", "regret", "regret_at_k"), reason)
    return Match(name=name, kind=kind, models=len(models), undefined=undefined, **found)


def _place(match: Match) -> tuple[int, float, str]:
    return KINDS.index(match.kind), 2.0 if match.weighted_tau is None else round(-match.weighted_tau, 9), match.name

"""What a comparison with the truth says, in plain sentences; the only place where one thing "beats" another."""

from __future__ import annotations

from hubscore.bench.compare import Comparison, Match
from hubscore.bench.noise import Difference, Noise
from hubscore.bench.promises import Promises

WELL_BELOW_CHANCE = 0.05
_BELOW_NOISE = "; the noise of these accuracies alone can make that difference"


def sentences(comparison: Comparison) -> list[str]:
    """Return what the comparison says: the order, what taking the first costs, the baselines, how sure the accuracies
    are, what nobody could do better, and which promises came true.

    Args:
        comparison: of a ranking with the truth.

    Returns:
        Short sentences, the most important first.
    """
    order = comparison.match(comparison.ordered_by)
    lines = [
        _order(order),
        _loss(comparison, order),
        _baselines(comparison, order),
        _consensus(comparison, order),
        *_noise(comparison.noise),
        *_promises(comparison.promises),
    ]
    if comparison.left_out:
        lines.append(f"Left out, because their source is the target itself: {', '.join(comparison.left_out)}.")
    if comparison.missing:
        lines.append(f"No true accuracy is known of {', '.join(comparison.missing)}.")
    return [sentence for sentence in lines if sentence]


def _called(order: Match) -> str:
    return "the consensus" if order.kind == "consensus" else f"the order by {order.name}"


def _order(order: Match) -> str:
    called = _called(order)
    if order.kendall is None or order.by_chance is None:
        reason = order.undefined.get("kendall", "it has no value")
        return f"{called[0].upper()}{called[1:]} cannot be compared with the truth: {reason}."
    luck = f"{order.by_chance:.1%} of random orders do as well"
    verdict = "" if order.by_chance < WELL_BELOW_CHANCE else ", so this may be luck"
    return (
        f"Over {order.models} models {called} has Kendall's tau-b {order.kendall:.2f} with the truth; {luck}{verdict}."
    )


def _loss(comparison: Comparison, order: Match) -> str:
    if order.regret is None:
        return ""
    best = next(iter(comparison.accuracies))
    if order.regret == 0:
        return f"Its first choice is the best model, {best}."
    small = comparison.noise is not None and order.regret < comparison.noise.tied_within
    doubt = ", which is less than these accuracies can tell apart" if small else ""
    return f"Taking its first choice loses {100 * order.regret:.1f} points against the best model, {best}{doubt}."


def _baselines(comparison: Comparison, order: Match) -> str:
    rivals = [match for match in comparison.matches if match.kind == "baseline" and match.weighted_tau is not None]
    if order.weighted_tau is None or not rivals:
        return ""
    best = max(rivals, key=lambda match: match.weighted_tau or 0.0)
    said = f"weighted tau {order.weighted_tau:.2f} against {best.weighted_tau:.2f}"
    doubt = _doubt(_apart(comparison, best))
    if order.weighted_tau > (best.weighted_tau or 0.0):
        return f"It beats every baseline here: {said} for the best of them, {best.name}{doubt}."
    return f"It does not beat the baseline {best.name}: {said}{doubt}."


def _consensus(comparison: Comparison, order: Match) -> str:
    """Say how the order differs from the consensus, where it is another."""
    consensus = comparison.match("consensus")
    apart = _apart(comparison, consensus)
    if order.kind == "consensus" or order.weighted_tau is None or consensus.weighted_tau is None:
        return ""
    return f"Ordered by the consensus, weighted tau would be {consensus.weighted_tau:.2f}{_doubt(apart)}."


def _apart(comparison: Comparison, other: Match) -> Difference | None:
    known = comparison.noise.differences if comparison.noise else ()
    return next((one for one in known if one.second == other.name), None)


def _doubt(apart: Difference | None) -> str:
    return _BELOW_NOISE if apart is not None and not apart.seen else ""


def _noise(noise: Noise | None) -> list[str]:
    if noise is None:
        return [
            "How sure the accuracies are is not known; --test-images N, a column accuracy_se or a second --truth of"
            " other runs shows their standard error."
        ]
    lines = [
        f"The standard error of one accuracy is {100 * noise.standard_error:.1f} points, from {noise.source}: models"
        f" closer than {100 * noise.tied_within:.1f} points are tied in truth."
    ]
    least, most = noise.runs
    if most > 1:
        runs = f"{most} runs" if least == most else f"{least} to {most} runs a model"
        rerun = "" if noise.rerun_tau is None else f"; one run orders another with weighted tau {noise.rerun_tau:.2f}"
        lines.append(f"The accuracies are means of {runs}{rerun}.")
    return [*lines, _ceiling(noise)]


def _ceiling(noise: Noise) -> str:
    most = noise.ceiling
    if most.weighted_tau is None or most.regret is None:
        return f"How well a perfect order would do is not known: {most.undefined}."
    return (
        f"Against accuracies as noisy as these a perfect order would have weighted tau {most.weighted_tau:.2f} and lose"
        f" {100 * most.regret:.1f} points (simulated)."
    )


def _promises(promises: Promises | None) -> list[str]:
    if promises is None:
        return []
    lines = []
    if promises.expected_error is not None:
        inside = (
            ""
            if promises.expected_coverage is None
            else (f"; {promises.expected_coverage:.0%} of the accuracies are inside its 90 % interval")
        )
        lines.append(
            f"The expected accuracy is off by {100 * promises.expected_error:.1f} points in the mean"
            f" ({100 * (promises.expected_bias or 0.0):+.1f} on average){inside}."
        )
    if promises.rank_coverage is not None:
        lines.append(f"The true rank is inside the 95 % rank interval of {promises.rank_coverage:.0%} of the models.")
    if promises.p_best is not None:
        lines.append(f"The ranking gave the model that came out best P(best) {promises.p_best:.2f}.")
    if promises.shortlist_holds_best is not None:
        lost = f"misses the best model: {100 * (promises.shortlist_regret or 0.0):.1f} points are lost"
        verdict = "holds the best model" if promises.shortlist_holds_best else lost
        lines.append(f"The shortlist of {promises.shortlist} {verdict}.")
    if promises.undefined:
        reason = next(iter(promises.undefined.values()))
        lines.append(f"Rank intervals, P(best) and the shortlist cannot be judged: {reason}.")
    return lines

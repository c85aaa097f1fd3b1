"""What a comparison with the truth says, in plain sentences; the only place where one thing "beats" another."""

from __future__ import annotations

from hubscore.bench.compare import Comparison, Match

WELL_BELOW_CHANCE = 0.05


def sentences(comparison: Comparison) -> list[str]:
    """Return what the comparison says: the order, what taking the first costs, the baselines, how sure the accuracies
    are.

    Args:
        comparison: of a ranking with the truth.

    Returns:
        Short sentences, the most important first.
    """
    consensus = comparison.match("consensus")
    lines = [_order(consensus), _loss(comparison, consensus), _baselines(comparison, consensus), _certainty(comparison)]
    if comparison.left_out:
        lines.append(f"Left out, because their source is the target itself: {', '.join(comparison.left_out)}.")
    if comparison.missing:
        lines.append(f"No true accuracy is known of {', '.join(comparison.missing)}.")
    return [sentence for sentence in lines if sentence]


def _order(consensus: Match) -> str:
    if consensus.kendall is None or consensus.by_chance is None:
        return (
            f"The consensus cannot be compared with the truth: {consensus.undefined.get('kendall', 'it has no value')}."
        )
    luck = f"{consensus.by_chance:.1%} of random orders do as well"
    verdict = "" if consensus.by_chance < WELL_BELOW_CHANCE else ", so this may be luck"
    return (
        f"Over {consensus.models} models the consensus has Kendall's tau-b {consensus.kendall:.2f} with the truth;"
        f" {luck}{verdict}."
    )


def _loss(comparison: Comparison, consensus: Match) -> str:
    if consensus.regret is None:
        return ""
    best = next(iter(comparison.accuracies))
    if consensus.regret == 0:
        return f"Its first choice is the best model, {best}."
    small = comparison.standard_error is not None and consensus.regret < 2 * comparison.standard_error
    doubt = ", which is less than these accuracies can tell apart" if small else ""
    return f"Taking its first choice loses {100 * consensus.regret:.1f} points against the best model, {best}{doubt}."


def _baselines(comparison: Comparison, consensus: Match) -> str:
    rivals = [match for match in comparison.matches if match.kind == "baseline" and match.weighted_tau is not None]
    if consensus.weighted_tau is None or not rivals:
        return ""
    best = max(rivals, key=lambda match: match.weighted_tau or 0.0)
    said = f"weighted tau {consensus.weighted_tau:.2f} against {best.weighted_tau:.2f}"
    if consensus.weighted_tau > (best.weighted_tau or 0.0):
        return f"It beats every baseline here: {said} for the best of them, {best.name}."
    return f"It does not beat the baseline {best.name}: {said}."


def _certainty(comparison: Comparison) -> str:
    if comparison.standard_error is None:
        return "How sure the accuracies are is not known; --test-images N shows their standard error."
    error = 100 * comparison.standard_error
    return (
        f"The standard error of one accuracy is {error:.1f} points: models closer than {2 * error:.1f} points are tied"
        " in truth."
    )

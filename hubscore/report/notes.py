"""What must be said with a ranking, in words: ties, baselines, what is missing, what it is not."""

from __future__ import annotations

from collections.abc import Mapping

from hubscore.column_table import COLUMNS, Place
from hubscore.modalities.registry import items_of
from hubscore.text import clean
from hubscore.types import Ranking, Row

NOT_MEASURED = "Estimates from a probe of your data, not accuracies: fine-tune the first few to know."
EXPECTED_NOT_MEASURED = "Estimates from a probe of your data, not measured accuracies: fine-tune the shortlist to know."
MEASURED = (
    "Expected and combined accuracies are estimates; measured ones are of a short fine-tuning, on {} {}, and lower"
    " than a full one reaches."
)
NEARLY = 0.8


def place(row: Row, ranking: Ranking) -> str:
    """The rank, with ``=`` where other models share it."""
    shared = sum(other.tie_group == row.tie_group for other in ranking.rows) > 1 and row.tie_group is not None
    return f"{row.rank}=" if shared else str(row.rank)


def marks(row: Row, where: Place) -> str:
    """Return what stands behind a model's name, with a space before it: the titles of the flags that are set.

    Example:
        >>> marks(Row(1, "org/net", "", "timm", declares_this_data=True), "terminal")
        ' (declares this data)'
    """
    told = [column.title for column in COLUMNS if where in column.beside and column.value(row)]
    return f" ({', '.join(told)})" if told else ""


def marks_explained(ranking: Ranking, where: Place) -> list[str]:
    """Return one line for each mark that some model has."""
    known = [column for column in COLUMNS if where in column.beside]
    return [f"{column.title}: {column.help}" for column in known if any(column.value(row) for row in ranking.rows)]


def hints(ranking: Ranking) -> list[str]:
    """Return what is to be warned of and never published: it is no part of the record."""
    names = [clean(row.model) for row in ranking.rows if row.same_classes and not row.declares_this_data]
    if not names:
        return []
    told = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return [
        f"{told}: same classes as the data, a hint that it was trained on such data: read the card;"
        " --exclude-contaminated=all leaves such out"
    ]


def not_measured(ranking: Ranking) -> str:
    """Say what here was measured, or that nothing was and what to do about it."""
    images = {row.measured.images for row in ranking.rows if row.measured is not None}
    if images:
        return MEASURED.format(max(images), items_of(ranking.probe.modality))
    return NOT_MEASURED if ranking.record.expected is None else EXPECTED_NOT_MEASURED


def ties(ranking: Ranking) -> str:
    """Explain the ``=`` marks, and where the intervals come from or why there are none."""
    told = _intervals(ranking)
    if not told:
        return "No intervals: no subsamples were drawn."
    marked = any(place(row, ranking).endswith("=") for row in ranking.rows)
    return f"= cannot be told apart from the first of its group. {told}" if marked else told


def _intervals(ranking: Ranking) -> str:
    known, expected = ranking.record.uncertainty, ranking.record.expected
    of = "Intervals" if expected is None else "Intervals of scores and consensus"
    parts = []
    if expected is not None and expected.worlds:
        parts.append(
            f"Ranks and P(best) come from {expected.worlds:,} worlds drawn from how wrong such estimates have been."
        )
    if known.probes is not None and known.probes > 1:
        parts.append(f"Scores are means over {known.probes} fresh probes; {_lower(of)} are 95 %, from their spread.")
    elif known.subsamples:
        parts.append(f"{of} are 95 %, from {known.subsamples} subsamples of the probe.")
    return " ".join(parts)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def baseline_line(ranking: Ranking) -> str:
    """Kendall's tau-b of the consensus with each baseline."""
    taus = ranking.agreement.with_baselines
    told = ", ".join(f"{clean(name)} {tau:+.2f}" for name, tau in taus.items() if tau is not None)
    return (
        f"Agreement of this order with baselines (Kendall's tau-b): {told}"
        if told
        else "Agreement with baselines is not defined here."
    )


def cut_lines(ranking: Ranking) -> list[str]:
    """Say of which networks some texts are longer than they take, the most first, in one line."""
    cut = {model: found for model, told in ranking.record.extractions.items() if (found := _cut(told))}
    order = sorted(cut, key=lambda model: (-cut[model][0], model))
    if not order:
        return []
    told = [f"{_share(cut[model][0])} for {clean(model)} ({cut[model][1]} tokens)" for model in order[:3]]
    rest = f", and fewer for {len(order) - 3} more" if len(order) > 3 else ""
    return [f"Texts longer than a network takes are cut at its end: {', '.join(told)}{rest}."]


def _cut(told: object) -> tuple[float, int] | None:
    """Return the share of cut texts and the most tokens, as a record that may hold anything says them."""
    found = told.get("cut") if isinstance(told, Mapping) else None
    share, limit = (found.get("share"), found.get("limit")) if isinstance(found, Mapping) else (None, None)
    known = isinstance(share, float) and 0 < share <= 1 and isinstance(limit, int)
    return (share, limit) if known else None  # type: ignore[return-value]


def _share(share: float) -> str:
    return "under 1 %" if share < 0.005 else f"{share:.0%}".replace("%", " %")


def skipped_lines(ranking: Ranking) -> list[str]:
    """One line per skipped candidate, with its reason."""
    if not ranking.skipped:
        return []
    noun = "candidate" if len(ranking.skipped) == 1 else "candidates"
    return [
        f"{len(ranking.skipped)} {noun} skipped:",
        *(f"  {clean(item.model)}: {clean(item.reason)}" for item in ranking.skipped),
    ]


def undefined_everywhere(ranking: Ranking) -> dict[str, str]:
    """Scores that no model has, with the reason of the first."""
    names = [name for name in ranking.scores if not any(name in row.scores for row in ranking.rows)]
    return {name: next((row.undefined[name] for row in ranking.rows if name in row.undefined), "") for name in names}


def undefined_lines(ranking: Ranking) -> list[str]:
    """Say which scores no model has and why, with one line for those that share the reason."""
    alike: dict[str, list[str]] = {}
    for name, reason in undefined_everywhere(ranking).items():
        alike.setdefault(reason, []).append(name)
    return [
        f"{', '.join(names[:-1])} and {names[-1]} are undefined for every model: {reason}"
        if len(names) > 1
        else f"{names[0]} is undefined for every model: {reason}"
        for reason, names in alike.items()
    ]


def probe_line(ranking: Ranking) -> str:
    """Say on one line what the models were looked at with."""
    probe = ranking.probe
    parts = [clean(probe.dataset or ""), *(clean(part) for part in (probe.config, probe.split) if part)]
    if probe.revision:
        parts.append(f"@ {clean(probe.revision)[:12]}")
    classes = f", {len(probe.classes)} classes" if probe.classes else ""
    label = f"; {clean(probe.label_note)}" if probe.label_note else ""
    return f"{' '.join(parts)}: {probe.size} samples{classes}{label}"

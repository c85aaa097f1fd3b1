"""What the HTML page says below the table: expected accuracies, baselines, agreement, scores, probe, record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hubscore.report.html_table import Cell, shown_scores
from hubscore.report.notes import NEARLY, undefined_everywhere
from hubscore.text import clean, deep_clean
from hubscore.types import Ranking, Saturation, ScoreDescription

HALF = 110.0
"""Units from the middle of the picture of tau-b to its end."""


def expected_accuracies(ranking: Ranking) -> dict[str, object] | None:
    """Return what expected accuracies are and how they were made, where the ranking has some."""
    known = ranking.record.expected
    if known is None:
        return None
    made = known.calibration.get("provenance")
    command = made.get("command") if isinstance(made, Mapping) else None
    return {"truth": known.truth, "text": known.text, "command": command}


def baselines(ranking: Ranking) -> dict[str, object]:
    """Return tau-b of the consensus with each baseline as bars, and where the marks stand from which on it is much."""
    return {
        "nearly": NEARLY,
        "marks": [f"{HALF + side * NEARLY * HALF:.1f}" for side in (-1, 1)],
        "bars": [_bar(name, tau) for name, tau in ranking.agreement.with_baselines.items()],
    }


def _bar(name: str, tau: float | None) -> dict[str, str]:
    if tau is None:
        return {"name": name, "tau": "not defined", "kind": ""}
    start, width = HALF + min(HALF * tau, 0.0), abs(HALF * tau)
    kind = "plus" if tau >= 0 else "minus"
    return {"name": name, "tau": f"{tau:+.2f}", "kind": kind, "start": f"{start:.1f}", "width": f"{max(width, 1):.1f}"}


def agreement(ranking: Ranking) -> dict[str, list[Cell]]:
    """Return Kendall's tau-b between scores as the shaded cells of a table; empty for fewer than two scores."""
    names = [name for name in shown_scores(ranking) if name in ranking.agreement.between]
    if len(names) < 2:
        return {}
    return {row: [_tau_cell(ranking, row, column) for column in names] for row in names}


def _tau_cell(ranking: Ranking, row: str, column: str) -> Cell:
    tau = ranking.agreement.tau(row, column)
    if row == column:
        return Cell("·", "dim")
    if tau is None:
        return Cell("-", "none", title="not defined: fewer than two models have both, or one is constant")
    background = f"var(--{'blue' if tau >= 0 else 'orange'}) / {0.55 * abs(tau):.2f}"
    return Cell(f"{100 * tau:.0f}", title=f"{row} and {column}", background=background)


def scores(ranking: Ranking) -> list[dict[str, object]]:
    """Return what every score measures, in plain words."""
    empty = undefined_everywhere(ranking)
    return [_score(name, facts, empty.get(name)) for name, facts in ranking.scores.items()]


def _score(name: str, score: ScoreDescription, undefined: str | None) -> dict[str, object]:
    known = {
        "measures": score.words.get("measures"),
        "misleads": score.words.get("misleads"),
        "reading": score.words.get("reading"),
        "range": f"{score.range}, {score.direction} is better",
        "options": ", ".join(f"{key} = {value}" for key, value in score.options.items()),
        "source": score.paper,
        "checked against": score.checked_against,
        "undefined": undefined,
        "saturated": _saturated(score.saturated),
    }
    state = score.family or ""
    if undefined is not None or score.averaged is False:
        state = "not averaged" if undefined is None else "undefined for every model"
    facts = {key: value for key, value in known.items() if value}
    return {"name": name, "title": score.title or name, "state": state, "facts": facts}


def _saturated(found: Saturation | None) -> str | None:
    """Say how many models are tied at the end of a score's range."""
    if found is None:
        return None
    return f"{found.models} models are at {found.value}, the end of the range: tied on it, which is not equal quality"


def probe_facts(ranking: Ranking) -> dict[str, object]:
    """Name the rows of the probe."""
    probe = ranking.probe
    names = f"{', '.join(str(name) for name in probe.classes[:30])}{', ...' if len(probe.classes) > 30 else ''}"
    known = {
        "data set": probe.dataset,
        "configuration": probe.config,
        "split": probe.split,
        "revision": probe.revision,
        "samples": probe.samples,
        "rows in the split": probe.population,
        "label": (probe.label_note or "").removeprefix("label: "),
        "target": probe.target,
        "classes": f"{len(probe.classes)}: {names}" if probe.classes else None,
        "seed": probe.seed,
        "fingerprint": probe.fingerprint,
        "notes": "; ".join(str(note) for note in probe.notes if note != probe.label_note),
        "dropped": f"{len(probe.dropped)} rows that could not be read" if probe.dropped else None,
    }
    return {key: value for key, value in known.items() if value not in (None, "")}


def record(ranking: Ranking) -> dict[str, Any]:
    """Return what is needed to repeat the ranking: the command, versions, and the whole record as JSON."""
    made = ranking.record
    return {
        "command": made.command and clean(made.command),
        "versions": {name: version for name, version in made.versions.items() if version},
        "text": json.dumps(deep_clean(made.to_json()), indent=1, ensure_ascii=False, default=str),
    }

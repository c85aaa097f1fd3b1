"""The parts of the HTML page below the table: baselines, agreement, scores, probe, skipped, record."""

from __future__ import annotations

import json
from collections.abc import Mapping

from hubscore.report.html_table import h, shown_scores
from hubscore.report.notes import undefined_everywhere
from hubscore.text import deep_clean
from hubscore.types import Ranking, Saturation, ScoreDescription

NEARLY = 0.8


def how_to_read(ranking: Ranking) -> str:
    """Say what the columns mean."""
    uncertainty = h(ranking.record.uncertainty.text)
    recipe = h(ranking.record.recipe.text)
    return (
        f"{_of_accuracies(ranking)}<p><b>Consensus</b> is between 0 and 1: how high a model stands among these models,"
        " averaged over kinds of scores. It is an estimate, not an accuracy, and it changes with the pool."
        " Models that share a rank (<b>=</b>) cannot be told apart with this probe. Blue shades show the place within"
        " a column. A dash has a reason: point at it.</p><details><summary>How the consensus is"
        f" made</summary><p>{recipe}</p></details><details><summary>How the intervals are"
        f" made</summary><p>{uncertainty}</p></details>"
    )


def _of_accuracies(ranking: Ranking) -> str:
    """Say what expected accuracies are, where the ranking has some."""
    known = ranking.record.expected
    if known is None:
        return ""
    made = known.calibration.get("provenance")
    source = made.get("command") if isinstance(made, Mapping) else None
    return (
        f"<p><b>Expected accuracy</b> is an estimate of the accuracy after fine-tuning, {h(known.truth)}, with"
        " its 90&nbsp;% interval: how far such estimates have been off. It orders the models. <b>P(best)</b> is how"
        " probable it is that a model becomes the best of these; models marked * are the shortlist, the smallest set"
        " that holds the best with 90&nbsp;%.</p><details><summary>How expected accuracies are made</summary>"
        f"<p>{h(known.text)}</p>{f'<p>Calibrated by: <code>{h(source)}</code></p>' if source else ''}</details>"
    )


def baselines_section(ranking: Ranking) -> str:
    """Draw tau-b of the consensus with each baseline."""
    taus = ranking.agreement.with_baselines
    lines = [
        f"<span>{h(name)}</span>{_tau_picture(tau)}<span>{'not defined' if tau is None else f'{tau:+.2f}'}</span>"
        for name, tau in taus.items()
    ]
    return (
        "<h2>Is it more than a rule of thumb?</h2><p>Kendall's tau-b of this order with orders that cost nothing: +1 is"
        " the same order, "
        f"0 none, &minus;1 the reverse. From {NEARLY} on (marked) the scores have added little.</p>"
        f'<div class="taus">{"".join(lines)}</div>'
    )


def _tau_picture(tau: float | None) -> str:
    bar = ""
    if tau is not None:
        start, width = (110.0, 110 * tau) if tau >= 0 else (110 + 110 * tau, -110 * tau)
        bar = (
            f'<rect class="{"plus" if tau >= 0 else "minus"}" x="{start:.1f}" y="3" width="{max(width, 1):.1f}"'
            ' height="8" rx="2"/>'
        )
    marks = "".join(
        f'<rect class="mark" x="{110 + side * NEARLY * 110:.1f}" y="0" width="1" height="14"/>' for side in (-1, 1)
    )
    return (
        '<svg viewBox="0 0 220 14" preserveAspectRatio="none" aria-hidden="true"><rect class="track" x="0" y="6"'
        f' width="220" height="2"/><rect class="mark" x="109.5" y="0" width="1" height="14"/>{marks}{bar}</svg>'
    )


def agreement_section(ranking: Ranking) -> str:
    """Show Kendall's tau-b between scores as a shaded table."""
    names = [name for name in shown_scores(ranking) if name in ranking.agreement.between]
    if len(names) < 2:
        return ""
    head = "".join(f"<th><span>{h(name)}</span></th>" for name in names)
    body = "".join(
        f"<tr><th>{h(row)}</th>{''.join(_tau_cell(ranking, row, column) for column in names)}</tr>" for row in names
    )
    return (
        "<h2>Do the scores agree?</h2><p>Kendall's tau-b between the orders of every two scores, times 100;"
        " lower-is-better scores are "
        "negated first. Scores that say the same count less than they seem to, which is why the consensus averages"
        " families.</p>"
        '<div class="scroll fit"><table'
        f' class="matrix"><thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _tau_cell(ranking: Ranking, row: str, column: str) -> str:
    tau = ranking.agreement.tau(row, column)
    if row == column:
        return '<td class="dim">&middot;</td>'
    if tau is None:
        return '<td class="none" title="not defined: fewer than two models have both, or one is constant">-</td>'
    colour = "blue" if tau >= 0 else "orange"
    return (
        f'<td style="background:rgb(var(--{colour}) / {0.55 * abs(tau):.2f})" title="{h(row)} and'
        f' {h(column)}">{100 * tau:.0f}</td>'
    )


def scores_section(ranking: Ranking) -> str:
    """Explain every score in plain words."""
    empty = undefined_everywhere(ranking)
    items = [_score_entry(name, facts, empty.get(name)) for name, facts in ranking.scores.items()]
    return f"<h2>What the scores measure</h2>{''.join(items)}"


def _score_entry(name: str, score: ScoreDescription, undefined: str | None) -> str:
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
    lines = "".join(f"<dt>{h(key)}</dt><dd>{h(value)}</dd>" for key, value in known.items() if value)
    return (
        f'<details><summary>{h(name)} <span class="dim">{h(score.title or name)} &middot;'
        f" {h(state)}</span></summary><dl>{lines}</dl></details>"
    )


def _saturated(found: Saturation | None) -> str | None:
    """Say how many models are tied at the end of a score's range."""
    if found is None:
        return None
    return f"{found.models} models are at {found.value}, the end of the range: tied on it, which is not equal quality"


def probe_section(ranking: Ranking) -> str:
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
    lines = "".join(f"<dt>{h(key)}</dt><dd>{h(value)}</dd>" for key, value in known.items() if value not in (None, ""))
    return f"<h2>The probe</h2><dl>{lines}</dl>"


def skipped_section(ranking: Ranking) -> str:
    """Name the skipped candidates and why."""
    if not ranking.skipped:
        return ""
    rows = "".join(f"<tr><td><b>{h(item.model)}</b></td><td>{h(item.reason)}</td></tr>" for item in ranking.skipped)
    head = "<thead><tr><th>candidate</th><th>reason</th></tr></thead>"
    return f'<h2>Skipped</h2><div class="scroll"><table class="plain">{head}<tbody>{rows}</tbody></table></div>'


def record_section(ranking: Ranking) -> str:
    """Give what is needed to repeat the ranking."""
    record = ranking.record
    command = f"<pre>{h(record.command)}</pre>" if record.command else ""
    versions = "".join(
        f"<li><b>{h(name)}</b> {h(version)}</li>" for name, version in record.versions.items() if version
    )
    whole = h_block(json.dumps(deep_clean(record.to_json()), indent=1, ensure_ascii=False, default=str))
    return (
        f'<h2>How to repeat it</h2>{command}<ul class="chips">{versions}</ul>'
        f"<details style='margin-top:14px'><summary>The whole record</summary><pre>{whole}</pre></details>"
    )


def h_block(text: str) -> str:
    """Escape text of several lines whose strings are clean already."""
    return "\n".join(" " * (len(line) - len(line.lstrip(" "))) + h(line) for line in text.splitlines())

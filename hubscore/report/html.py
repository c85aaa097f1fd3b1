"""A ranking as HTML: a fragment for notebooks, a page for sharing; nothing is loaded from elsewhere."""

from __future__ import annotations

from hubscore.report import html_sections as sections
from hubscore.report import style
from hubscore.report.headline import headlines
from hubscore.report.html_table import h, order_table
from hubscore.report.notes import (
    baseline_line,
    cut_lines,
    hints,
    marks_explained,
    not_measured,
    skipped_lines,
    ties,
    undefined_lines,
)
from hubscore.types import Ranking


def fragment(ranking: Ranking) -> str:
    """Return the table with its notes, styled for light and dark notebooks alike."""
    lines = [ties(ranking), *marks_explained(ranking, "html"), baseline_line(ranking), not_measured(ranking)]
    lines += [*undefined_lines(ranking), *cut_lines(ranking), *skipped_lines(ranking)]
    notes = "".join(f"<li>{h(line)}</li>" for line in lines)
    body = f'{_warnings(ranking)}{_headlines(ranking)}{order_table(ranking)}<ul class="notes">{notes}</ul>'
    return f'<div class="hubscore"><style>{style.FRAGMENT}</style>{body}</div>'


def page(ranking: Ranking) -> str:
    """Return a whole document: order, how to read it, what agrees with what, probe, skipped candidates and record."""
    title = h(f"Ranking for {ranking.probe.dataset or 'a data set'}")
    told = (ties(ranking), *marks_explained(ranking, "html"), *cut_lines(ranking))
    notes = "".join(f"<li>{h(line)}</li>" for line in told)
    parts = [
        _header(ranking),
        _warnings(ranking),
        _headlines(ranking),
        order_table(ranking),
        f'<ul class="notes">{notes}</ul>',
        "<h2>How to read it</h2>",
        sections.how_to_read(ranking),
        sections.baselines_section(ranking),
        sections.agreement_section(ranking),
        sections.skipped_section(ranking),
        sections.scores_section(ranking),
        sections.probe_section(ranking),
        sections.record_section(ranking),
        f"<footer>{h(_origin(ranking))}</footer>",
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport"'
        ' content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy"'
        " content=\"default-src 'none'; style-src 'unsafe-inline'; img-src"
        f' data:"><title>{title}</title><style>{style.FRAGMENT}{style.PAGE}</style></head>\n<body'
        f' class="hubscore"><main>{"".join(parts)}</main></body></html>\n'
    )


def _header(ranking: Ranking) -> str:
    probe = ranking.probe
    facts = {
        "models": len(ranking.rows),
        "skipped": len(ranking.skipped) or None,
        "samples": probe.size,
        "classes": len(probe.classes) or None,
        "split": probe.split,
        "revision": (probe.revision or "")[:12] or None,
        "scores": sum(bool(score.averaged) for score in ranking.scores.values()) or None,
    }
    chips = "".join(f"<li>{h(key)} <b>{h(value)}</b></li>" for key, value in facts.items() if value is not None)
    title = h(probe.dataset or "a data set")
    return (
        f'<header><h1>Which checkpoint for {title}?</h1><p class="dim">{not_measured(ranking)}</p><ul'
        f' class="chips">{chips}</ul></header>'
    )


def _headlines(ranking: Ranking) -> str:
    """Return which models to fine-tune, large, and what the estimates are of below it."""
    first, *rest = headlines(ranking) or [""]
    told = "".join(f"<p>{h(line)}</p>" for line in rest).replace(" %", "&nbsp;%")
    lead = f'<p class="lead">{h(first)}</p>' if ranking.shortlist else f"<p>{h(first)}</p>" if first else ""
    return lead + told


def _warnings(ranking: Ranking) -> str:
    told = (*ranking.record.warnings, *hints(ranking))
    return "".join(f'<div class="warn"><b>Warning:</b> {h(warning)}</div>' for warning in told)


def _origin(ranking: Ranking) -> str:
    version, date = ranking.record.versions.get("hubscore"), ranking.record.date
    return f"Made by hubscore{f' {version}' if version else ''}{f' on {date}' if date else ''}."

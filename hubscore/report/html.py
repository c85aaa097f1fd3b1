"""A ranking as HTML: a fragment for notebooks, a page for sharing; nothing is loaded from elsewhere."""

from __future__ import annotations

from typing import Any

from hubscore.report import html_sections as sections
from hubscore.report.flat_rows import score_names
from hubscore.report.headline import headlines
from hubscore.report.html_table import order_table
from hubscore.report.notes import (
    baseline_line,
    cut_lines,
    hints,
    marks_explained,
    not_measured,
    skipped_lines,
    ties,
    undefined_everywhere,
    undefined_lines,
)
from hubscore.report.templating import render
from hubscore.types import Ranking


def fragment(ranking: Ranking) -> str:
    """Return the table with its notes, styled for light and dark notebooks alike."""
    notes = [ties(ranking), *marks_explained(ranking, "html"), baseline_line(ranking), not_measured(ranking)]
    notes += [*undefined_lines(ranking), *cut_lines(ranking), *skipped_lines(ranking)]
    return render("fragment.html", **_order(ranking), notes=notes)


def page(ranking: Ranking) -> str:
    """Return a whole document: order, how to read it, what agrees with what, probe, skipped candidates and record."""
    dataset = ranking.probe.dataset or "a data set"
    return render(
        "ranking.html",
        **_order(ranking),
        notes=[ties(ranking), *marks_explained(ranking, "html"), *cut_lines(ranking)],
        title=f"Ranking for {dataset}",
        dataset=dataset,
        caution=not_measured(ranking),
        facts=_facts(ranking),
        expected=sections.expected_accuracies(ranking),
        recipe=ranking.record.recipe.text,
        uncertainty=ranking.record.uncertainty.text,
        baselines=sections.baselines(ranking),
        agreement=sections.agreement(ranking),
        skipped=ranking.skipped,
        scores=sections.scores(ranking),
        probe=sections.probe_facts(ranking),
        record=sections.record(ranking),
        origin=_origin(ranking),
    )


def _order(ranking: Ranking) -> dict[str, Any]:
    """Return what stands around the table and the table itself."""
    return {
        "warnings": (*ranking.record.warnings, *hints(ranking)),
        "headlines": headlines(ranking),
        "shortlist": bool(ranking.shortlist),
        "table": order_table(ranking),
    }


def _facts(ranking: Ranking) -> dict[str, object]:
    probe = ranking.probe
    facts = {
        "models": len(ranking.rows),
        "skipped": len(ranking.skipped) or None,
        "samples": probe.size,
        "classes": len(probe.classes) or None,
        "split": probe.split,
        "revision": (probe.revision or "")[:12] or None,
        "scores": len(score_names(ranking)) - len(undefined_everywhere(ranking)) or None,
    }
    return {key: value for key, value in facts.items() if value is not None}


def _origin(ranking: Ranking) -> str:
    version, date = ranking.record.versions.get("hubscore"), ranking.record.date
    return f"Made by hubscore{f' {version}' if version else ''}{f' on {date}' if date else ''}."

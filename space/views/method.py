"""Method: every score in plain words, from the descriptions that came with the results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from notices import heading, notices
from page import Page
from text import h, paper_link, words_of

_HOW = """<p>Some rows of a data set, often a few hundred, are the <b>probe</b>. Each model runs over them as it is, without being trained.
From its features and outputs each <b>score</b> below is computed: a number that is meant to go along with accuracy after fine-tuning. The
<b>consensus</b> is how high a model stands among the models of its run, averaged over the scores of a kind and then over the kinds.
Where a run has
kernel probes, the <b>expected accuracy</b> is what models with such values have reached after fine-tuning, with its 90 % interval; it orders the models.
<b>P(best)</b> is how probable it is that a model becomes the best of its run; models marked * are the smallest set that holds the best with 90 %.
<b>All of these are estimates.</b> None is an accuracy of a fine-tuned model, and none can be compared between data sets.</p>
<p>Models that cannot be told apart from the first of their group share a <b>tie group</b> and a rank (=).
<b>Baselines</b> (size, popularity, depth, chance) know nothing of the data; where the order is nearly one of theirs, the page warns.</p>"""


def render(page: Page) -> str:
    """Return how to read the page, and an entry for every score."""
    top, level = (heading(page), "h3") if page.chosen.board else (notices(page), "h2")
    entries = [_entry(name, _in_its_words(page, name, facts)) for name, facts in page.snapshot.scores.items()]
    missing = [name for name in page.snapshot.score_names if name not in page.snapshot.scores]
    told = f"<p class='dim'>Without a description in these results: {h(', '.join(missing))}.</p>" if missing else ""
    body = "".join(entries) or "<p class='dim'>These results describe no scores.</p>"
    return (
        f"{top}<{level}>How to read this</{level}>{_HOW}{_recorded(page)}<{level}>The scores</{level}><div"
        f" class='method'>{body}</div>{told}"
    )


def _recorded(page: Page) -> str:
    """Return what the run itself says of its consensus and intervals, in its own words."""
    record = page.record.get("record")
    parts = [record.get(name) for name in ("expected", "recipe", "uncertainty")] if isinstance(record, dict) else []
    texts = [part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str)]
    told = "".join(f"<p>{h(text)}</p>" for text in texts)
    return f"<details><summary>How this run made its consensus and intervals</summary>{told}</details>" if told else ""


def _in_its_words(page: Page, name: str, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what is known about a score, as the run that is shown explains it: of texts where it ranked texts."""
    run = page.record.get("scores")
    own = run.get(name) if isinstance(run, dict) else None
    words = own.get("plain_words") if isinstance(own, dict) else None
    return {**facts, "plain_words": words} if words else facts


def _entry(name: str, facts: Mapping[str, Any]) -> str:
    words = words_of(facts)
    options = facts.get("options")
    told = {
        "measures": h(words["measures"]),
        "misleads": h(words["misleads"]),
        "reading": h(words["reading"]),
        "range": f"{h(facts.get('range', ''))}, {h(facts.get('direction', 'higher'))} is better",
        "paper": paper_link(facts.get("paper") or ""),
        "checked against": h(str(facts.get("checked_against") or "").replace("-", " ")),
        "options": (
            h(", ".join(f"{key} = {value}" for key, value in options.items())) if isinstance(options, dict) else ""
        ),
    }
    lines = "".join(f"<dt>{key}</dt><dd>{value}</dd>" for key, value in told.items() if value)
    title = f"{h(facts.get('title', ''))} &middot; {h(facts.get('family', ''))}"
    return (
        f'<details id="score-{h(name)}"><summary>{h(name)} <span'
        f' class="dim">{title}</span></summary><dl>{lines}</dl></details>'
    )

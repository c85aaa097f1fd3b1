"""Method: every score in plain words, from the descriptions that came with the results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from notices import heading, notices
from page import Page
from text import h, paper_link, words_of

_HOW = """<p>A few hundred rows of a data set are the <b>probe</b>. Each model runs over them once, without any training. From its features
and outputs each <b>score</b> below is computed: a number that some paper found to go along with accuracy after fine-tuning. The
<b>consensus</b> is how high a model stands among the models of its run, averaged within kinds of scores first. <b>All of these are
estimates.</b> None is an accuracy, and none can be compared between data sets.</p>
<p>Intervals are 95 %, from subsamples of the probe. Models whose difference in consensus could as well be zero share a <b>tie group</b>
and a rank (=), and are listed by name. <b>Baselines</b> (size, popularity, depth, chance) cost nothing; where the order is nearly one of
theirs, the page warns.</p>"""


def render(page: Page) -> str:
    """Return how to read the page, and an entry for every score."""
    top = heading(page) if page.chosen.board else notices(page)
    entries = [_entry(name, facts) for name, facts in page.snapshot.scores.items()]
    missing = [name for name in page.snapshot.score_names if name not in page.snapshot.scores]
    told = f"<p class='dim'>Without a description in these results: {h(', '.join(missing))}.</p>" if missing else ""
    body = "".join(entries) or "<p class='dim'>These results describe no scores.</p>"
    return f"{top}<h3>How to read this</h3>{_HOW}<h3>The scores</h3><div class='method'>{body}</div>{told}"


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
        "options": h(", ".join(f"{key} = {value}" for key, value in options.items())) if isinstance(options, dict) else "",
    }
    lines = "".join(f"<dt>{key}</dt><dd>{value}</dd>" for key, value in told.items() if value)
    title = f"{h(facts.get('title', ''))} &middot; {h(facts.get('family', ''))}"
    return f'<details id="score-{h(name)}"><summary>{h(name)} <span class="dim">{title}</span></summary><dl>{lines}</dl></details>'

"""Pages of the site that are made from the code when it is built, so that they cannot be older than it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[2]
BLOB = "https://github.com/hubscore/hubscore/blob/main"
PYTHON = {
    "Rank": ["hubscore.run.rank.rank", "hubscore.candidates.query.Query"],
    "What comes of it": ["hubscore.types.Ranking", "hubscore.types.Row", "hubscore.types.Skipped"],
    "Numbers from arrays": [
        "hubscore.scores.api.score",
        "hubscore.scores.api.score_pool",
        "hubscore.similarity.api.similarity",
        "hubscore.scores.estimator.TransferabilityScorer",
    ],
    "Recommend from a history": ["hubscore.recommend.recommend.recommend"],
    "What flows through a run": [
        "hubscore.types.Probe",
        "hubscore.types.Candidate",
        "hubscore.types.Extraction",
        "hubscore.types.Score",
        "hubscore.types.Publication",
    ],
    "Errors": ["hubscore.errors.HubscoreError", "hubscore.errors.Undefined", "hubscore.errors.ErrorCode"],
    "A score or a modality of your own": [
        "hubscore.scores.info.score_entry",
        "hubscore.scores.info.ScoreInfo",
        "hubscore.numerics.workspace.Workspace",
        "hubscore.modalities.base.Modality",
    ],
    "Steps of a run": ["hubscore.run.observer.RunObserver"],
}
"""Sections of the page on Python: what stands in each, by where it is defined. All of ``hubscore.__all__`` is there."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages to those that are read from ``docs/``."""
    for name, text in (
        ("verbs", verbs()),
        ("python", python()),
        ("scores", scores()),
        ("changes", changes((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))),
    ):
        files.append(File.generated(config, f"reference/{name}.md", content=text))
    return files


def verbs() -> str:
    """Return every verb with its options, as ``typer`` documents a program."""
    command = [sys.executable, "-m", "typer", "hubscore.cli.main", "utils", "docs", "--name", "hubscore"]
    made = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, encoding="utf-8").stdout
    made = re.sub(r"^# .*\n", "# Every verb and option\n", made, count=1)
    made = re.sub(r"^\[bold\]Examples\[/bold\]\n\n(.*?)(?=^#|\Z)", _examples, made, flags=re.MULTILINE | re.DOTALL)
    made = re.sub(
        r"^\*\*Commands\*\*:\n\n(\* .*\n)*\n", "", made, flags=re.MULTILINE
    )  # the contents beside it list them
    return made.replace("\n## `hubscore ", "\n\n---\n\n## `hubscore ")


def _examples(found: re.Match[str]) -> str:
    """Turn the examples below a verb, which typer leaves as they are, into a block of code."""
    plain = re.sub(r"\[/?\w+\]", "", re.sub(r"^(\[dim\]# .*)\n(.*)", r"\1\n\n\2", found[1], flags=re.MULTILINE))
    lines = plain.partition("Learn more\n\n")[0].split("\n\n")
    return (
        "**Examples**:\n\n```console\n"
        + "".join(f"{'' if line.startswith('#') else '$ '}{line.strip()}\n" for line in lines if line.strip())
        + "```\n\n"
    )


def python() -> str:
    """Return the page on Python; mkdocstrings fills it in from the docstrings."""
    parts = ["# Python\n\nWhat `import hubscore` gives, and what plug-ins use.\n"]
    for title, objects in PYTHON.items():
        parts.append(f"## {title}\n")
        parts += [f"::: {name}\n" for name in objects]
    return "\n".join(parts)


def scores() -> str:
    """Return what the catalog says of every score, a family at a time."""
    from hubscore.cli.scores import explanation
    from hubscore.scores.info import SCORES

    parts = ["# Every score\n\nWhat `hubscore scores NAME` says. No score is an accuracy.\n"]
    families = dict.fromkeys(info.family for info in SCORES)
    for family in families:
        parts.append(f"## {family.capitalize()}\n")
        for info in (info for info in SCORES if info.family == family):
            told = explanation(info)
            parts.append(f"### {told.pop('name')}: {told.pop('title')} {{ #{info.name} }}\n\n{told.pop('measures')}\n")
            told.pop("family")
            parts.append("\n".join(_table(told.items())) + "\n")
    return "\n".join(parts)


def _table(items: Iterable[tuple[str, object]]) -> Iterable[str]:
    yield from ("| | |", "| --- | --- |")
    for name, value in items:
        if value is not None:
            text = str(value).replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")
            yield f"| {name.replace('_', ' ')} | {text} |"


def changes(text: str) -> str:
    """Return the changelog with its links as they are seen from its page."""
    text = text.replace("](docs/", "](../")
    return re.sub(r"\]\((?!\.\./|https?://|#)([^)]+)\)", rf"]({BLOB}/\1)", text)

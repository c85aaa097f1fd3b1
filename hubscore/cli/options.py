"""The options that several verbs share, declared once."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

DATA = "Your data"
CHOOSE = "Choose candidates"
EVIDENCE = "Choose evidence"
LIMITS = "Set limits"
RESULTS = "Results"


class Format(StrEnum):
    """How data is written to stdout, as the `hf` command has it."""

    auto = "auto"
    human = "human"
    agent = "agent"
    json = "json"
    quiet = "quiet"
    table = "table"


Dataset = Annotated[
    str | None,
    typer.Argument(metavar="DATASET", help="Hub id, folder of images, or CSV/Parquet file.", show_default=False),
]
Config = Annotated[
    str | None, typer.Option("--config", metavar="NAME", help="Configuration of the data set.", rich_help_panel=DATA)
]
Split = Annotated[
    str | None,
    typer.Option(
        "--split", metavar="NAME", help="Split to draw rows from; train where there is one.", rich_help_panel=DATA
    ),
]
Revision = Annotated[
    str | None,
    typer.Option("--revision", metavar="REV", help="Branch, tag or commit of the data set.", rich_help_panel=DATA),
]
ImageColumn = Annotated[
    str | None, typer.Option("--image-column", metavar="NAME", help="Found by type otherwise.", rich_help_panel=DATA)
]
LabelColumn = Annotated[
    str | None, typer.Option("--label-column", metavar="NAME", help="Found by type otherwise.", rich_help_panel=DATA)
]
TargetKind = Annotated[
    str | None,
    typer.Option(
        "--target", metavar="KIND", help="classification, multilabel, regression or annotation.", rich_help_panel=DATA
    ),
]

Models = Annotated[
    list[str] | None,
    typer.Option(
        "--models", metavar="ID|ID@REV|DIR|FILE ...", help="Exactly these; skips the search.", rich_help_panel=CHOOSE
    ),
]
Search = Annotated[
    str | None,
    typer.Option("--search", metavar="TEXT", help="Words in the repo id; '' for all.", rich_help_panel=CHOOSE),
]
Task = Annotated[
    str | None,
    typer.Option(
        "--task", metavar="TAG", help="Pipeline tag, for example image-classification.", rich_help_panel=CHOOSE
    ),
]
Library = Annotated[
    list[str] | None,
    typer.Option("--library", metavar="NAME", help="timm or transformers; repeatable.", rich_help_panel=CHOOSE),
]
License = Annotated[
    list[str] | None, typer.Option("--license", metavar="NAME", help="Licence tag; repeatable.", rich_help_panel=CHOOSE)
]
MaxParams = Annotated[
    str | None, typer.Option("--max-params", metavar="100M", help="Largest network.", rich_help_panel=CHOOSE)
]
MinParams = Annotated[
    str | None, typer.Option("--min-params", metavar="1M", help="Smallest network.", rich_help_panel=CHOOSE)
]
Author = Annotated[
    str | None, typer.Option("--author", metavar="NAME", help="User or organisation.", rich_help_panel=CHOOSE)
]
Tag = Annotated[
    list[str] | None, typer.Option("--tag", metavar="TAG", help="Any Hub tag; repeatable.", rich_help_panel=CHOOSE)
]
BaseModel = Annotated[
    str | None,
    typer.Option("--base-model", metavar="ID", help="Only what derives from this repo.", rich_help_panel=CHOOSE),
]
Sort = Annotated[
    str | None,
    typer.Option(
        "--sort",
        metavar="KEY",
        help="downloads, likes, trending_score, created_at, last_modified.",
        rich_help_panel=CHOOSE,
    ),
]
Limit = Annotated[
    int | None,
    typer.Option("--limit", metavar="N", min=1, help="How many candidates; 20 by default.", rich_help_panel=CHOOSE),
]
Diverse = Annotated[
    bool | None, typer.Option("--diverse/--no-diverse", help="One an architecture family.", rich_help_panel=CHOOSE)
]

Samples = Annotated[
    int, typer.Option("--samples", metavar="N", min=2, help="Rows of your data to look at.", rich_help_panel=EVIDENCE)
]
Seed = Annotated[
    int, typer.Option("--seed", metavar="N", help="Of the draw and of every random step.", rich_help_panel=EVIDENCE)
]
Scores = Annotated[
    str,
    typer.Option("--scores", metavar="NAME,...", help="all, or some; see hubscore scores.", rich_help_panel=EVIDENCE),
]
InputSize = Annotated[
    int | None,
    typer.Option(
        "--input-size",
        metavar="N",
        min=8,
        help="Pixels a side, for networks that accept another size.",
        rich_help_panel=EVIDENCE,
    ),
]

ProbeBytes = Annotated[
    float,
    typer.Option(
        "--probe-bytes", metavar="2e9", min=1, help="Most bytes read of your data set.", rich_help_panel=LIMITS
    ),
]
BudgetGb = Annotated[
    float,
    typer.Option(
        "--budget-gb", metavar="GB", min=0, help="Ask before downloading more than this.", rich_help_panel=LIMITS
    ),
]
BatchSize = Annotated[
    int | None,
    typer.Option("--batch-size", metavar="N", min=1, help="Chosen automatically otherwise.", rich_help_panel=LIMITS),
]
Device = Annotated[
    str, typer.Option("--device", metavar="NAME", help="auto, cpu, cuda, mps, ...", rich_help_panel=LIMITS)
]
Processes = Annotated[
    int | None,
    typer.Option(
        "--processes", metavar="N", min=1, help="Through accelerate; one a GPU by default.", rich_help_panel=LIMITS
    ),
]
CacheDir = Annotated[
    Path | None,
    typer.Option(
        "--cache-dir",
        metavar="DIR",
        help="Where features are kept; ~/.cache/hubscore by default.",
        rich_help_panel=LIMITS,
    ),
]

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.", rich_help_panel=RESULTS)]
Strict = Annotated[
    bool, typer.Option("--strict", help="A skipped candidate is a failure (exit code 1).", rich_help_panel=RESULTS)
]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Also save: .json .csv .parquet .md .html", rich_help_panel=RESULTS),
]
OutputFormat = Annotated[
    Format,
    typer.Option(
        "--format", metavar="MODE", help="Of what is printed: auto, human, agent, json, quiet.", rich_help_panel=RESULTS
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Short for --format json.", rich_help_panel=RESULTS)]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Short for --format quiet: one id a line.", rich_help_panel=RESULTS)
]

"""`hubscore plan`: candidates, bytes and minutes, before anything is downloaded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hubscore.cli import options as o
from hubscore.cli.output import Output
from hubscore.cli.query import query_from
from hubscore.cli.rank import named, strictly

if TYPE_CHECKING:
    from hubscore.candidates.query import Query


def plan(
    dataset: o.Dataset = None,
    revision: o.Revision = None,
    models: o.Models = None,
    search: o.Search = None,
    task: o.Task = None,
    library: o.Library = None,
    license: o.License = None,
    max_params: o.MaxParams = None,
    min_params: o.MinParams = None,
    author: o.Author = None,
    tag: o.Tag = None,
    base_model: o.BaseModel = None,
    sort: o.Sort = None,
    limit: o.Limit = None,
    diverse: o.Diverse = None,
    samples: o.Samples = 500,
    format: o.OutputFormat = o.Format.auto,
    json: o.AsJson = False,
    quiet: o.Quiet = False,
    strict: o.Strict = False,
) -> int:
    """Show which checkpoints would be ranked, and what that would cost; nothing is downloaded."""
    query = query_from(
        models, search=search, task=task, library=library, license=license, max_params=max_params, min_params=min_params,
        author=author, tag=tag, base_model=base_model, sort=sort, limit=limit, diverse=diverse,
    )  # fmt: skip
    return show_plan(
        Output.chosen(format, json=json, quiet=quiet), named(dataset, "plan"), models, query,
        samples=samples, revision=revision, strict=strict,
    )  # fmt: skip


plan.epilog = """
[bold]Examples[/bold]

hubscore plan user/birds --max-params 25M

hubscore plan ./photos --models timm/resnet50.a1_in1k --json
"""  # type: ignore[attr-defined]


def show_plan(
    output: Output,
    dataset: str,
    models: Sequence[str] | None,
    query: Query | None,
    *,
    samples: int,
    revision: str | None,
    strict: bool,
) -> int:
    """Write a plan: its rows to stdout, its totals to stderr."""
    from hubscore.candidates.fetch import cached_bytes
    from hubscore.candidates.plan import make_plan
    from hubscore.pipeline import find_candidates
    from hubscore.probe.locate import locate
    from hubscore.report.plan import impossible, plan_table, totals

    locate(dataset, revision=revision)
    found = find_candidates(models, query)
    made = make_plan(found, samples=samples, cached={one.repo_id: cached_bytes(one) for one in found.candidates})
    output.rows(made.to_json()["rows"], id_key="model", human=lambda width: plan_table(made))
    for line in totals(made):
        output.note(line)
    for line in impossible(made):
        output.warning(line)
    return strictly(output, made.skipped) if strict else 0

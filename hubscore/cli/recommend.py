"""`hubscore recommend`: which models deserve a forward pass, from how they did on other data sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hubscore.cli.arguments import Dataset
from hubscore.cli.examples import with_examples
from hubscore.cli.output import Output
from hubscore.cli.shared_options import OutputOptions, with_options
from hubscore.errors import UsageError
from hubscore.run.options import CANDIDATES, EVIDENCE, RESULTS
from hubscore.text import DASH, clean, count, number

if TYPE_CHECKING:
    from rich.console import RenderableType

    from hubscore.recommend.history import History, TaskVector
    from hubscore.recommend.recommendation import Recommendation, RecommendedModel

ALPHA, LIMIT = 0.5, 20

HistorySource = Annotated[
    str | None,
    typer.Option(
        "--history",
        metavar="REPO|PATH",
        help="Results data set, folder of hubscore history build, CSV table, or saved ranking; USER/hubscore-results"
        " otherwise.",
        rich_help_panel=EVIDENCE,
    ),
]
ScoreName = Annotated[
    str | None,
    typer.Option(
        "--score",
        metavar="NAME",
        help="Which score of rankings is the history, fda otherwise; also expected, or measured.",
        rich_help_panel=EVIDENCE,
    ),
]
By = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="WORD",
        help="Order by history (plain mean of past standings), merged, regression, trans or meta; history otherwise.",
        rich_help_panel=EVIDENCE,
    ),
]
Alpha = Annotated[float, typer.Option("--alpha", help="Weight of META, 0 to 1.", rich_help_panel=EVIDENCE)]
Rank = Annotated[
    int | None,
    typer.Option(
        "--rank",
        metavar="K",
        help="Dimensions of the transfer space; cross-validated otherwise.",
        rich_help_panel=EVIDENCE,
    ),
]
Proxy = Annotated[
    str | None,
    typer.Option(
        "--proxy",
        metavar="ID",
        help="Network that looks at 50 rows of your data: clip, dinov2, minilm, an ID, or none. By default none runs,"
        " but the history's own with --by merged, regression or trans, whose order needs it.",
        rich_help_panel=EVIDENCE,
    ),
]
Modality = Annotated[
    str | None,
    typer.Option(
        "--modality",
        metavar="NAME",
        help="Kind of input, for example image: data sets of others are left out.",
        rich_help_panel=EVIDENCE,
    ),
]
Classes = Annotated[
    int | None, typer.Option("--classes", metavar="N", min=1, help="How many your data has.", rich_help_panel=EVIDENCE)
]
Unlabeled = Annotated[
    bool,
    typer.Option(
        "--unlabeled",
        help="Your data has no labels: none is read in any case, and hubscore rank is told.",
        rich_help_panel=EVIDENCE,
    ),
]
MaxParams = Annotated[
    str | None,
    typer.Option("--max-params", metavar="N", help="e.g. 100M; no limit otherwise.", rich_help_panel=CANDIDATES),
]
Licenses = Annotated[
    list[str] | None, typer.Option("--license", metavar="NAME", help="Repeatable.", rich_help_panel=CANDIDATES)
]
Limit = Annotated[int, typer.Option("--limit", metavar="N", help="Most models to list.", rich_help_panel=RESULTS)]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="Seed of whatever is drawn.", rich_help_panel=EVIDENCE)]


@with_examples(
    "hubscore recommend user/birds     [dim]# from your own results on the Hub[/dim]",
    "hubscore recommend user/birds --history user/hubscore-results",
    "hubscore recommend user/birds --history accuracies.csv --limit 10 --max-params 25M",
    "hubscore recommend ./photos --history DIR -q     [dim]# ids alone, for hubscore rank --models -[/dim]",
)
@with_options(OutputOptions)
def recommend(
    dataset: Dataset = None,
    history: HistorySource = None,
    score: ScoreName = None,
    by: By = None,
    alpha: Alpha = ALPHA,
    rank: Rank = None,
    proxy: Proxy = None,
    modality: Modality = None,
    classes: Classes = None,
    unlabeled: Unlabeled = False,
    max_params: MaxParams = None,
    license: Licenses = None,
    limit: Limit = LIMIT,
    seed: Seed = 0,
    *,
    output: Output,
) -> None:
    """Recommend models from a history of other data sets; no candidate is downloaded or run."""
    if dataset is None:
        raise UsageError("No data set was named", "", "hubscore recommend DATASET --history accuracies.csv")
    from hubscore.candidates.query import parse_count
    from hubscore.cli.history_source import open_score, own_results
    from hubscore.recommend.fitted import fit_history
    from hubscore.recommend.order_choice import PLACED
    from hubscore.recommend.recommend import recommend as recommend_models

    source = history or own_results()
    past, space = open_score(source, score)
    vector, unseen = _looked(past, dataset, proxy, by)
    made = recommend_models(
        dataset,
        past if space is None else fit_history(past, space=space, alpha=alpha, seed=seed),
        task_vector=vector,
        classes=classes,
        modality=modality,
        alpha=alpha,
        by=by,
        limit=limit,
        rank=rank,
        max_parameters=None if max_params is None else parse_count(max_params, "--max-params"),
        licenses=license or (),
        seed=seed,
    )
    if unseen:
        output.warning(unseen)
    if vector is None and proxy is None and by not in PLACED and past.task_vectors:
        output.note("No proxy ran, since this order does not use one: --proxy or --by merged places your data by it")
    if history is None:
        output.note(f"The history is {clean(source)}, your own results on the Hub; --history names another")
    chosen = {
        "history": source,
        "score": score,
        "by": by,
        "alpha": alpha if alpha != ALPHA else None,
        "rank": rank,
        "proxy": proxy,
        "modality": modality,
        "classes": classes,
        "max-params": max_params,
        "license": license,
        "limit": limit if limit != LIMIT else None,
        "seed": seed or None,
        "unlabeled": unlabeled,
    }
    show(output, made, chosen)


def _looked(past: History, dataset: str, proxy: str | None, by: str | None) -> tuple[TaskVector | None, str]:
    """Return what a proxy sees in the data, where one was asked for or the order uses it; and why not, if it should."""
    from hubscore.recommend.order_choice import PLACED, check_order

    check_order(by)  # before a network is fetched and run for an order that there is not
    if proxy is None and (by not in PLACED or not past.task_vectors):
        return None, ""
    from hubscore.cli.run_progress import silence_libraries
    from hubscore.run.proxy_pass import look_for

    silence_libraries()
    return look_for(past, dataset, proxy)


def show(output: Output, made: Recommendation, options: Mapping[str, Any]) -> None:
    """Write a recommendation: models to stdout, what must be said with them to stderr."""
    output.rows(
        [flat(row) for row in made.rows],
        id_key="model",
        human=lambda width: _table(made.rows, width),
        full=[row.to_json() for row in made.rows],
    )
    for note in made.notes:
        output.note(note)
    unit = "in standard deviations" if made.by == "history" else f"in units of {clean(made.score)}"
    output.note(f"SCORE, {unit}, TRANS and META are estimates; MEAN_HISTORY is the baseline that they must beat")
    data, unlabeled = quote(made.dataset), " --unlabeled" if options.get("unlabeled") else ""
    again = f"hubscore recommend {data}{_typed(options)} --format quiet"
    output.hint(f"{again} | hubscore rank {data} --models -{unlabeled} runs these over your data")


def _typed(options: Mapping[str, Any]) -> str:
    """Return options as they are typed."""
    words = ""
    for name, value in options.items():
        flag = f" --{name}"
        if value is True:
            words += flag
        elif value is not False and value is not None:
            words += "".join(f"{flag} {quote(str(one))}" for one in (value if isinstance(value, list) else [value]))
    return words


def flat(row: RecommendedModel) -> dict[str, Any]:
    """Return one row without nesting."""
    low, high = row.interval or (None, None)
    return {
        "rank": row.rank,
        "model": row.model,
        "score": row.score,
        "low": low,
        "high": high,
        "trans": row.trans,
        "meta": row.meta,
        "mean_history": row.mean_history,
        "known": row.known,
        "datasets": row.datasets,
        "parameters": row.parameters,
        "family": row.family,
        "license": row.license,
    }


def _table(rows: Sequence[RecommendedModel], width: int) -> RenderableType:
    """Return the table that a person sees: names are never cut."""
    from hubscore.cli.fitting_table import fitting_table

    columns = {name: [cell(row) for row in rows] for name, cell in _CELLS.items()}
    return fitting_table(columns, width, worth=_BY_WORTH, always=_ALWAYS, left=("MODEL", "LICENCE"))


def _interval(row: RecommendedModel) -> str:
    return DASH if row.interval is None else f"{number(row.interval[0])}..{number(row.interval[1])}"


_CELLS: dict[str, Callable[[RecommendedModel], str]] = {
    "RANK": lambda row: str(row.rank),
    "MODEL": lambda row: clean(row.model),
    "SCORE": lambda row: number(row.score),
    "90%": _interval,
    "TRANS": lambda row: number(row.trans),
    "META": lambda row: number(row.meta),
    "MEAN_HISTORY": lambda row: number(row.mean_history),
    "DATA_SETS": lambda row: str(row.datasets) if row.known else "none: META alone",
    "PARAMS": lambda row: count(row.parameters),
    "LICENCE": lambda row: clean(row.license or DASH),
}
_ALWAYS = ("RANK", "MODEL", "SCORE", "MEAN_HISTORY")
_BY_WORTH = (*_ALWAYS, "PARAMS", "DATA_SETS", "90%", "LICENCE", "TRANS", "META")

"""`hubscore rank`: which checkpoints should transfer best to your data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubscore.cli.arguments import All, Columns, Dataset, DryRun, Out, Strict, Wide, exit_code, require_dataset
from hubscore.cli.examples import with_examples
from hubscore.cli.output import Mode, Output
from hubscore.cli.piped_models import with_piped_models
from hubscore.cli.shared_options import OutputOptions, with_options
from hubscore.run.job_options import JobOptions
from hubscore.run.options import CandidateOptions, DataOptions, RunOptions
from hubscore.run.rank_options import RankOptions

if TYPE_CHECKING:
    from hubscore.cli.out_files import OutFiles
    from hubscore.report.terminal_columns import TableView
    from hubscore.run.session import Session
    from hubscore.types import Ranking


@with_examples(
    "hubscore rank user/birds --max-params 25M --plan",
    "hubscore rank ./photos --models timm/resnet50.a1_in1k ./my-vit --out ranking.html",
    "hubscore rank user/birds --search resnet --license apache-2.0 --scores logme,h_score,knn",
    "hubscore rank user/birds --author timm --finetune-top 3     [dim]# fine-tunes the first three briefly[/dim]",
    "hubscore rank user/birds --recommend 20 --history user/hubscore-results",
    "hubscore rank user/birds --limit 200 --on l4x1 --jobs 4      [dim]# Hugging Face Jobs; says the cost, asks[/dim]",
)
@with_options(DataOptions, CandidateOptions, RankOptions, RunOptions, JobOptions, OutputOptions)
def rank(
    dataset: Dataset = None,
    dry_run: DryRun = False,
    out: Out = None,
    strict: Strict = False,
    all_rows: All = False,
    columns: Columns = None,
    wide: Wide = False,
    *,
    data: DataOptions,
    candidates: CandidateOptions,
    ranking: RankOptions,
    run: RunOptions,
    hired: JobOptions,
    output: Output,
) -> int:
    """Rank checkpoints by how well they should transfer to your data."""
    from hubscore.cli.out_files import out_files
    from hubscore.cli.table_view import table_view
    from hubscore.report.files import ENDINGS, check_path
    from hubscore.run.recommended import check_recommend
    from hubscore.run.session import Session
    from hubscore.run.validation import check_request

    name = require_dataset(dataset, "rank", candidates.models)
    check_request(ranking, unlabeled=data.unlabeled)
    check_recommend(ranking, candidates)
    candidates = with_piped_models(candidates)
    view = table_view(columns, wide=wide, all_rows=all_rows)
    files = out_files(out, check_path, name="ranking", endings=ENDINGS, stdout=True, data=name)
    if hired.on is not None:
        made = _by_jobs(name, Session(data, candidates, run), ranking, hired, output, dry_run=dry_run)
        return 0 if made is None else _finish(made, files, output, strict=strict, view=view)
    if dry_run:
        return _plan(name, data, candidates, ranking, run, output, strict=strict)

    from hubscore.cli.run_progress import ProgressReporter
    from hubscore.extract.distributed import is_main_process, leave_process_group
    from hubscore.run.rank import rank as rank_candidates

    with ProgressReporter(output) as reporter:
        made = rank_candidates(name, data=data, candidates=candidates, ranking=ranking, run=run, watcher=reporter)
    leave_process_group()
    if not is_main_process():  # started by accelerate: the first of us saves and prints
        return 0
    return _finish(made, files, output, strict=strict, view=view)


def _finish(made: Ranking, files: OutFiles, output: Output, *, strict: bool, view: TableView) -> int:
    """Save and print a ranking; it is printed even where it cannot be saved."""
    from hubscore.cli.try_next import try_next
    from hubscore.results.saved_ranking import ranking_bytes

    try:
        files.save(made.save, output)
    finally:
        output.ranking(made, view, instead=ranking_bytes(made).decode() if files.stdout else None)
    if output.mode is Mode.human:
        for command in try_next(made, files.paths):
            output.note(f"Try next: {command}")
    return exit_code(output, made.skipped, strict=strict)


def _by_jobs(
    name: str, session: Session, ranking: RankOptions, hired: JobOptions, output: Output, *, dry_run: bool
) -> Ranking | None:
    """Say what hired machines would do and cost, ask, and let them; none where only the plan was wanted."""
    from hubscore.run.job_plan import plan_jobs
    from hubscore.run.jobs import rank_by_jobs

    plan = plan_jobs(session, name, ranking, hired)
    output.note(plan.text)
    if dry_run:
        return None
    output.confirm("Hire them?", yes=session.run.yes)
    return rank_by_jobs(plan, session, ranking, hired, tell=output.note)


def _plan(
    name: str,
    data: DataOptions,
    candidates: CandidateOptions,
    ranking: RankOptions,
    run: RunOptions,
    output: Output,
    *,
    strict: bool,
) -> int:
    """Show what the run would take, and refuse what it would refuse."""
    from hubscore.calibration.calibration import Calibration
    from hubscore.cli.plan_view import show_plan
    from hubscore.run.history import read_history
    from hubscore.run.label_texts import read_label_texts
    from hubscore.run.race import race_work
    from hubscore.run.race_rules import check_race
    from hubscore.run.recommended import find_recommended
    from hubscore.run.session import Session
    from hubscore.run.validation import needs_layers

    check_race(ranking)
    read_history(ranking, token=run.token)
    read_label_texts(ranking.label_texts)
    Calibration.of(ranking.calibration)
    session = Session(data, candidates, run)
    layers = needs_layers(ranking.scores, layers=ranking.layers, unlabeled=data.unlabeled)
    return show_plan(
        output,
        session,
        name,
        probes=ranking.probes,
        layers=layers,
        labels_required=not data.unlabeled,
        strict=strict,
        finetune_top=ranking.finetune_top,
        train=ranking.train,
        reference=ranking.reference,
        find=None if ranking.recommend is None else lambda probe: find_recommended(session, ranking, probe).found,
        race=lambda probe, count: race_work(ranking, probe, count, layers=layers),
        transform=ranking.transform,
    )

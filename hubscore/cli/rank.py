"""`hubscore rank`: which checkpoints should transfer best to your data."""

from __future__ import annotations

from hubscore.cli.arguments import All, Dataset, DryRun, Out, Strict, exit_code, require_dataset
from hubscore.cli.examples import with_examples
from hubscore.cli.output import MOST_ROWS, Output
from hubscore.cli.piped_models import with_piped_models
from hubscore.cli.shared_options import OutputOptions, with_options
from hubscore.run.options import CandidateOptions, DataOptions, RunOptions
from hubscore.run.rank_options import RankOptions


@with_examples(
    "hubscore rank user/birds --max-params 25M --plan",
    "hubscore rank ./photos --models timm/resnet50.a1_in1k ./my-vit --out ranking.html",
    "hubscore rank user/birds --search resnet --license apache-2.0 --scores logme,h_score,knn",
    "hubscore rank user/birds --author timm --finetune-top 3     [dim]# fine-tunes the first three briefly[/dim]",
    "hubscore rank user/birds --recommend 20 --history user/hubscore-results",
)
@with_options(DataOptions, CandidateOptions, RankOptions, RunOptions, OutputOptions)
def rank(
    dataset: Dataset = None,
    dry_run: DryRun = False,
    out: Out = None,
    strict: Strict = False,
    all_rows: All = False,
    *,
    data: DataOptions,
    candidates: CandidateOptions,
    ranking: RankOptions,
    run: RunOptions,
    output: Output,
) -> int:
    """Rank checkpoints by how well they should transfer to your data."""
    from hubscore.report.files import check_path
    from hubscore.run.recommended import check_recommend
    from hubscore.run.validation import check_request

    name = require_dataset(dataset, "rank", candidates.models)
    check_request(ranking, unlabeled=data.unlabeled)
    candidates = with_piped_models(candidates)
    check_recommend(ranking, candidates)
    if out is not None:
        check_path(out)
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
    if out is not None:
        made.save(str(out))
        output.note(f"Saved {out}")
    output.ranking(made, most=None if all_rows else MOST_ROWS)
    return exit_code(output, made.skipped, strict=strict)


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
    from hubscore.run.recommended import find_recommended
    from hubscore.run.session import Session
    from hubscore.run.validation import needs_layers

    read_history(ranking, token=run.token)
    read_label_texts(ranking.label_texts)
    Calibration.of(ranking.calibration)
    session = Session(data, candidates, run)
    return show_plan(
        output,
        session,
        name,
        probes=ranking.probes,
        layers=needs_layers(ranking.scores, layers=ranking.layers, unlabeled=data.unlabeled),
        labels_required=not data.unlabeled,
        strict=strict,
        finetune_top=ranking.finetune_top,
        reference=ranking.reference,
        find=None if ranking.recommend is None else lambda probe: find_recommended(session, ranking, probe).found,
    )

"""Shows what a run would take, for `hubscore plan` and for every verb's `--plan`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hubscore.cli.arguments import exit_code
from hubscore.cli.output import Mode, Output

if TYPE_CHECKING:
    from rich.table import Table

    from hubscore.candidates.candidate_set import CandidateSet
    from hubscore.candidates.race_work import RaceWork
    from hubscore.run.session import Session
    from hubscore.types import Probe


def show_plan(
    output: Output,
    session: Session,
    dataset: str,
    *,
    probes: int = 1,
    layers: bool = False,
    labels_required: bool = False,
    strict: bool = False,
    save_models: Path | None = None,
    finetune_top: int | None = None,
    train: str = "all",
    reference: str | None = None,
    find: Callable[[Probe], CandidateSet] | None = None,
    race: Callable[[Probe, int], RaceWork | None] | None = None,
    transform: str | None = None,
) -> int:
    """Write a plan: its rows to stdout, its totals to stderr; as JSON one object with both, ``{"rows": [...],
    "totals": {...}, "probe": {...}}``. The labels of the data set are read, so that what the run would
    refuse is refused here; of the candidates nothing is downloaded.

    Args:
        output: the writer.
        session: whose candidates.
        dataset: its name.
        probes: how many each candidate would run over.
        layers: whether each would run once more, for the kernel of its layers.
        labels_required: refuse a data set without labels, as the run would.
        strict: fail where a candidate would be skipped.
        save_models: a file for the list of candidates.
        finetune_top: how many of the first models the run would fine-tune.
        train: what of them it would train.
        reference: a network that the run would load beside the candidates.
        find: what finds the candidates for the probe, where that is not the session.
        race: says how so many candidates would race over the probe, if at all.
        transform: what features the run would take, of which some may be kept; none where it takes no features.

    Returns:
        The exit code.
    """
    from dataclasses import replace

    from hubscore.atomic import write_atomically
    from hubscore.candidates.saved_lists import write_list
    from hubscore.cli.run_progress import ProgressReporter
    from hubscore.extract.layer_request import LayerRequest
    from hubscore.report.plan import impossible, over_budget, plan_columns, totals
    from hubscore.run.contaminated import leave_out_declared
    from hubscore.run.reference import find_reference, with_reference
    from hubscore.run.short_split import check_single_classes, planned_work
    from hubscore.run.stored_work import passes_left

    session.check_models()
    find_reference(session, reference)
    session.observer = ProgressReporter(output)
    probe = session.preview_probe(dataset, labels_required=labels_required)
    session.observer.drawn(probe)
    work = None if finetune_top is None else planned_work(finetune_top, probe.population, train)
    if finetune_top is not None:
        check_single_classes(probe)
    candidates = session.find_candidates() if find is None else find(probe)
    found, budget_gb = leave_out_declared(session, candidates, probe), session.run.budget_gb
    everyone = with_reference(found, find_reference(session, reference))
    left = None
    if transform is not None and probes == 1 and reference is None:
        request = LayerRequest(seed=session.data.seed, parts=(len(probe),)) if layers else None
        left = passes_left(session, everyone.candidates, probe, transform=transform, layers=request)
    plan = session.plan(everyone, len(probe) * probes, work, layers=layers, left=left)
    if race is not None:
        plan = replace(plan, race=race(probe, len(found)))
    rows = plan.to_json()["rows"]
    if output.mode is Mode.json:
        output.value({"rows": rows, "totals": plan.totals(budget_gb), "probe": _described(probe)}, id_key="rows")
    else:
        output.rows(rows, id_key="model", human=lambda width: plan_table(plan_columns(plan), width))
    for line in (*totals(plan), *over_budget(plan, budget_gb)):
        output.note(line)
    for line in impossible(plan):
        output.warning(line)
    if save_models is not None:
        write_atomically(save_models, write_list(found.candidates, save_models))
        output.note(f"Saved {save_models}; rank them with: hubscore rank {dataset} --models {save_models}")
    return exit_code(output, plan.skipped, strict=strict)


def plan_table(columns: Mapping[str, Sequence[str]], width: int) -> Table:
    """Return what fits: sizes before licence and family, and no name cut.

    Args:
        columns: cells by title.
        width: columns of the terminal.
    """
    from hubscore.cli.fitting_table import fitting_table

    worth = ("MODEL", "TO DOWNLOAD", "PARAMS", "SIZE", "LICENCE", "FAMILY")
    return fitting_table(columns, width, worth=worth, always=worth[:1], left=("MODEL", "LICENCE", "FAMILY"))


def _described(probe: Probe) -> dict[str, object]:
    """Return what would be looked at, as JSON values."""
    names = ("dataset", "config", "split", "population", "input_column", "label_column", "label_source", "target")
    known = {name: getattr(probe, name) for name in names}
    return {**known, "samples": len(probe), "classes": list(probe.classes), "notes": list(probe.notes)}

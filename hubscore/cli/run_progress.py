"""Tells a run on stderr: the probe, the plan and its question, progress."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from hubscore.candidates.candidate_set import CandidateSet
from hubscore.candidates.plan import Plan, check_budget
from hubscore.cli.interrupts import INTERRUPTS
from hubscore.cli.output import Output
from hubscore.cli.progress import Progress
from hubscore.cli.verbosity import current
from hubscore.errors import Cancelled, HubError, StorageError, UsageError
from hubscore.extract.events import Event
from hubscore.report.plan import impossible, plan_lines, probe_lines
from hubscore.run.observer import RunObserver, cleared_text
from hubscore.types import Candidate, Probe


def silence_libraries() -> None:
    """Turn off the libraries' own bars, and their chatter unless it was asked for: stderr is for what a person must
    know.
    """
    import datasets
    from huggingface_hub.utils import disable_progress_bars

    disable_progress_bars()
    datasets.disable_progress_bars()
    if "transformers" not in sys.modules:  # it takes most of a second, and a run that has workers does not need it
        # Imported later, it finds the bars of huggingface_hub off and its own go with them.
        if not current():
            os.environ["TRANSFORMERS_VERBOSITY"] = "error"
        return
    import transformers

    transformers.logging.disable_progress_bar()
    if not current():
        transformers.logging.set_verbosity_error()


class ProgressReporter(RunObserver):
    """Watches a run for a person at the terminal.

    Args:
        output: the writer.
    """

    def __init__(self, output: Output) -> None:
        self.output = output
        silence_libraries()
        self._progress: Progress | None = None
        self._warned: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.__exit__(kind, error, trace)

    def resolved(self, found: CandidateSet) -> None:
        """Name at once what cannot be ranked, while a mistake can still be put right."""
        self._warned = impossible(found)
        for line in self._warned:
            self.output.warning(line)

    def label_unsure(self, error: UsageError) -> bool:
        """Ask whether the only column that is left is the label."""
        return self.output.can_ask and self._ask(f"{error.what}: {error.why}. Is it the label?")

    def drawn(self, probe: Probe) -> None:
        """Say what was drawn, what is the label, and what was left out."""
        for line in probe_lines(probe):
            self.output.note(line)

    def recommended(self, text: str, notes: Sequence[str]) -> None:
        """Say where the candidates come from."""
        for line in (text, *notes):
            self.output.note(line)

    def planned(self, plan: Plan, budget_gb: float, yes: bool) -> None:
        """Print the plan, and ask when it is over the budget."""
        for line in plan_lines(plan):
            if line not in self._warned:
                self.output.note(line)
        check_budget(plan, budget_gb, yes=yes, ask=self._ask if self.output.can_ask else None)

    def extracting(self, plan: Plan) -> None:
        """Start to count; another pass over the candidates starts anew."""
        self._count("features", {row.model: row.seconds for row in plan.rows})

    def not_isolated(self, reason: str) -> None:
        """Say it."""
        self.output.warning(f"The candidates run in this process, where one that crashes would end the run: {reason}")

    def not_kept(self, error: StorageError) -> None:
        """Say it."""
        self.output.warning(f"{error.what}: {error.why}. What is new is kept for this run alone")

    def cleared(self, models: Sequence[str], freed: int) -> None:
        """Say it."""
        if freed:
            self.output.note(cleared_text(models, freed))

    def hub_fails(self, error: HubError, seconds: float) -> None:
        """Count down."""
        self.output.note(f"The Hub fails: {error.why}. Waiting {seconds:.0f} s, once; then what is here is used")

    def another_round(self, candidates: int) -> None:
        """Say it, and count anew."""
        self.output.note(f"Once more: {candidates} that could not be fetched")

    def mapping(self, plan: Plan, method: str) -> None:
        """Say what the next pass is for, and count anew."""
        self.output.note(f"Attribution maps ({method.replace('_', ' ')}), to compare with the reference:")
        self._count("attribution", {row.model: row.seconds for row in plan.rows})

    def finetuning(self, candidates: Sequence[Candidate], text: str) -> None:
        """Say what the next pass is, and count anew."""
        self.output.note(f"The first {len(candidates)} by their scores, {text}:")
        self._count("fine-tuning", {one.repo_id: float(one.parameters or 0) for one in candidates})

    def event(self, event: Event) -> None:
        """Show it."""
        INTERRUPTS.check()
        if self._progress is not None:
            self._progress.event(event)

    def scored(self, model: str, values: Mapping[str, float]) -> None:
        """Show its first scores."""
        INTERRUPTS.check()
        if self._progress is not None:
            self._progress.scored(model, values)

    def scoring(self, done: int, total: int) -> None:
        """Show it."""
        INTERRUPTS.check()
        if self._progress is not None:
            self._progress.scoring(done, total)

    def _count(self, stage: str, effort: Mapping[str, float]) -> None:
        if self._progress is not None:
            self._progress.__exit__(None, None, None)
        self._progress = Progress(self.output, len(effort), work=effort, stage=stage).__enter__()

    def _ask(self, question: str) -> bool:
        try:
            self.output.confirm(question)
        except Cancelled:
            return False
        return True

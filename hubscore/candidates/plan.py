"""What a run would download and how long it might take, before anything is downloaded."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from hubscore.candidates.candidate_set import CandidateSet
from hubscore.candidates.finetuning_work import FineTuningWork
from hubscore.candidates.plan_row import PlanRow
from hubscore.candidates.race_work import RaceWork
from hubscore.errors import BudgetError, Cancelled
from hubscore.modalities.registry import MODALITIES
from hubscore.types import Candidate, ItemSeconds, Skipped

GIGABYTE = 10**9
SECONDS_PER_PARAMETER = 4e-9
"""Of a residual network over an image of 224 pixels, on one x86 core, where nobody measured this machine."""
SECONDS_PER_ITEM = 0.005
"""To prepare an item for a network, where nobody has seen the items."""
SECONDS_PER_MODEL = 2.0
LAYER_COST = 2.2
"""What both passes take, in units of the first, where the second is for the kernel of the layers."""
BYTES_PER_SECOND = 20e6
SECONDS_PER_STORED = 0.1
"""To read what is all kept of a candidate."""


@dataclass(frozen=True)
class Plan:
    """All candidates of a run before anything is downloaded; every time in it is an estimate.

    Attributes:
        rows: one a candidate, in the order in which they would run.
        samples: items each would be run over.
        skipped: what was named and cannot be ranked.
        left_out: what a search passed over, by reason.
        examined: how many repos a search looked at.
        more: the search stopped at its limit.
        scanned_out: it stopped because it had looked at as many repos as it may.
        measured: the times come from a calibration of this machine.
        free: bytes free where downloads go, none where unknown.
        finetune_top: how many models would be fine-tuned briefly afterwards.
        finetune_seconds: what that would take, for models of these candidates' mean cost.
        layers: each runs over the items once more, for the kernel of its layers; the times hold both.
        items: what an item costs beside the forward passes, where a few were tried; the times hold it.
        race: which candidates run over how many rows, where they race; the times are without it.
    """

    rows: tuple[PlanRow, ...]
    samples: int
    skipped: tuple[Skipped, ...] = ()
    left_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    examined: int = 0
    more: bool = False
    measured: bool = False
    free: int | None = None
    finetune_top: int = 0
    finetune_seconds: float = 0.0
    layers: bool = False
    scanned_out: bool = False
    items: ItemSeconds | None = None
    race: RaceWork | None = None

    @property
    def bytes_to_download(self) -> int:
        """Bytes still to come, over all candidates."""
        return sum(row.to_download for row in self.rows)

    @property
    def bytes_cached(self) -> int:
        """Bytes on this machine already."""
        return sum(row.cached for row in self.rows)

    @property
    def stored(self) -> tuple[int, int]:
        """How many candidates the feature cache holds all of, and how many others it holds something of."""
        whole = sum(row.stored == 1 for row in self.rows)
        return whole, sum(row.stored > 0 for row in self.rows) - whole

    @property
    def peak(self) -> int:
        """Bytes of the largest download: what the disk must take more than now when each is deleted once it has run
        (``--evict``).
        """
        return max((row.to_download for row in self.rows), default=0)

    @property
    def estimated(self) -> bool:
        """Whether some size is an estimate or unknown."""
        return any(row.estimated or row.bytes is None for row in self.rows)

    @property
    def minutes(self) -> float:
        """Estimated minutes, download and forward passes together."""
        once = self.samples * self.items.once if self.items is not None else 0.0
        return (once + sum(row.seconds for row in self.rows)) / 60

    def totals(self, budget_gb: float) -> dict[str, Any]:
        """Return what holds for the run as a whole, as plain JSON values.

        Args:
            budget_gb: gigabytes (10^9 bytes) that need no question.

        Returns:
            Bytes as whole numbers. ``peak_disk_bytes`` is what the disk must take more than now,
            ``peak_disk_bytes_evicting`` with ``--evict``; ``left_out`` is how many repos a search passed over, by
            reason.
        """
        budget = round(budget_gb * GIGABYTE)
        finetuning = {"finetune_top": self.finetune_top, "finetune_minutes": self.finetune_seconds / 60}
        return {
            "candidates": len(self.rows),
            "samples": self.samples,
            "layers": self.layers,
            "bytes_to_download": self.bytes_to_download,
            "bytes_cached": self.bytes_cached,
            "bytes_estimated": self.estimated,
            "estimated_minutes": self.minutes,
            "minutes_measured": self.measured,
            "candidates_stored": self.stored[0],
            "candidates_partly_stored": self.stored[1],
            "item_seconds": None
            if self.items is None
            else {name: value for name, value in asdict(self.items).items() if value is not None},
            "peak_disk_bytes": self.bytes_to_download,
            "peak_disk_bytes_evicting": self.peak,
            "free_disk_bytes": self.free,
            "budget_bytes": budget,
            "over_budget": self.bytes_to_download > budget,
            "examined": self.examined,
            "more": self.more,
            "left_out": {reason: len(names) for reason, names in self.left_out.items()},
            "skipped": [item.to_json() for item in self.skipped],
            **(finetuning if self.finetune_top else {}),
            **({} if self.race is None else {"race": self.race.to_json()}),
        }

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values: the fields, and the totals for a reader."""
        return {
            **asdict(self),
            "rows": [asdict(row) for row in self.rows],
            "skipped": [item.to_json() for item in self.skipped],
            "bytes_to_download": self.bytes_to_download,
            "bytes_cached": self.bytes_cached,
            "peak_bytes_evicting": self.peak,
            "estimated_minutes": self.minutes,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Plan:
        """Build the plan from :meth:`to_json`'s values."""
        return cls(
            rows=tuple(PlanRow(**row) for row in data["rows"]),
            samples=data["samples"],
            skipped=tuple(Skipped.from_json(item) for item in data["skipped"]),
            left_out={reason: tuple(names) for reason, names in data["left_out"].items()},
            examined=data["examined"],
            more=data["more"],
            measured=data.get("measured", False),
            free=data.get("free"),
            finetune_top=data.get("finetune_top", 0),
            finetune_seconds=data.get("finetune_seconds", 0.0),
            layers=data.get("layers", False),
            items=None if data.get("items") is None else ItemSeconds(**data["items"]),
            scanned_out=data.get("scanned_out", False),
            race=None if data.get("race") is None else RaceWork.from_json(data["race"]),
        )


def make_plan(
    found: CandidateSet,
    *,
    samples: int,
    layers: bool = False,
    cached: Mapping[str, int] | None = None,
    rate: float | None = None,
    input_size: int | None = None,
    free: int | None = None,
    finetuning: FineTuningWork | None = None,
    items: ItemSeconds | None = None,
    left: Mapping[str, float] | None = None,
) -> Plan:
    """Estimate what a run over ``found`` would take.

    Args:
        found: the candidates.
        samples: items each is run over.
        layers: whether each is run over them once more, for the kernel of its layers.
        cached: bytes on this machine already, by ``repo_id``.
        rate: seconds per parameter, from :func:`hubscore.extract.machine_speed.seconds_per_parameter`; by
            default a rough figure for this machine's processors.
        input_size: for every candidate that its list gives none, in place of its own.
        free: bytes free where downloads go.
        finetuning: of the first models afterwards.
        items: what an item costs beside the forward passes, where that was measured.
        left: passes over the items that a candidate still takes, by ``repo_id``, of those of which the feature cache
            holds something; where none is left and nothing is fine-tuned, it is not downloaded either.
    """
    measured, here = rate is not None, cached or {}
    rate = SECONDS_PER_PARAMETER / (os.cpu_count() or 1) if rate is None else rate
    each, usual = (SECONDS_PER_ITEM, None) if items is None else (items.each, items.size)

    def per_item(candidate: Candidate) -> float:
        size = candidate.size_in(input_size) or found.input_sizes.get(candidate.repo_id) or usual
        modality = MODALITIES.get(candidate.modality)
        return each + modality.seconds(candidate.parameters, candidate.family, size, rate)

    passes, kept = LAYER_COST if layers else 1.0, left or {}
    costs = [per_item(candidate) for candidate in found.candidates]
    return Plan(
        rows=tuple(
            _row(
                candidate,
                found,
                here.get(candidate.repo_id, 0),
                passes * samples * cost,
                stored=1.0 - min(kept.get(candidate.repo_id, passes) / passes, 1.0),
                tuned=finetuning is not None,
            )
            for candidate, cost in zip(found.candidates, costs, strict=True)
        ),
        finetune_top=0 if finetuning is None else min(finetuning.top, len(costs)),
        finetune_seconds=0.0 if finetuning is None else finetuning.seconds(costs, SECONDS_PER_MODEL),
        measured=measured,
        free=free,
        samples=samples,
        layers=layers,
        items=items,
        skipped=found.skipped,
        left_out=dict(found.left_out_names),
        examined=found.examined,
        more=found.more,
        scanned_out=found.scanned_out,
    )


def check_budget(plan: Plan, budget_gb: float, *, yes: bool = False, ask: Callable[[str], bool] | None = None) -> None:
    """Stop a run that would download more than allowed, unless the person agrees.

    Args:
        plan: what would be downloaded.
        budget_gb: gigabytes (10^9 bytes) that need no question.
        yes: the person has agreed beforehand.
        ask: puts a question to the person; none when nobody is there.

    Raises:
        BudgetError: over the budget and nobody to ask.
        Cancelled: the person said no.
    """
    if yes or plan.bytes_to_download <= budget_gb * GIGABYTE:
        return
    about = "about " if plan.estimated else ""
    size = f"{about}{plan.bytes_to_download / GIGABYTE:.1f} GB"
    if ask is None:
        what = f"This run would download {size} for {len(plan.rows)} models"
        raise BudgetError(
            what, f"the budget is {budget_gb:g} GB", f"--yes, --budget-gb {_enough(plan)}, --limit, or --max-params"
        )
    if not ask(f"Download {size} for {len(plan.rows)} models (budget {budget_gb:g} GB)?"):
        raise Cancelled("Nothing was downloaded", "you said no", "--limit or --max-params for a smaller run")


def _enough(plan: Plan) -> int:
    return -(-plan.bytes_to_download // GIGABYTE)


def _row(
    candidate: Candidate, found: CandidateSet, cached: int, forward: float, *, stored: float, tuned: bool
) -> PlanRow:
    estimate = found.estimated_bytes.get(candidate.repo_id)
    size = candidate.bytes if candidate.bytes is not None else estimate
    cached = cached if candidate.path is None else size or 0  # a local folder is never downloaded
    fetched = stored < 1 or tuned
    to_download = max((size or 0) - cached, 0) if fetched else 0
    work = SECONDS_PER_MODEL + (1.0 - stored) * forward if stored < 1 else SECONDS_PER_STORED
    return PlanRow(
        model=candidate.repo_id,
        revision=candidate.revision,
        library=candidate.library,
        family=candidate.family,
        license=candidate.license,
        parameters=candidate.parameters,
        bytes=size,
        estimated=candidate.bytes is None and estimate is not None,
        cached=cached,
        seconds=work + to_download / BYTES_PER_SECOND,
        input_size=candidate.input_size,
        stored=stored,
        fetched=fetched,
    )

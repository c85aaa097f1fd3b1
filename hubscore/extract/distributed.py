"""The processes of a run: one, or as many as accelerate or torchrun started."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from typing import TypeVar

from hubscore.errors import UsageError
from hubscore.types import Candidate

T = TypeVar("T")
_PATIENCE = timedelta(hours=6)  # a rank may wait that long for one whose networks are larger
_UNKNOWN_COST = 100_000_000


@dataclass(frozen=True)
class ProcessGroup:
    """Which of how many processes this one is, and the device it runs on."""

    index: int
    count: int
    device: str

    def gather(self, items: Sequence[T]) -> list[T]:
        """Return every process's items, in order of rank; each process must call it."""
        if self.count == 1:
            return list(items)
        from accelerate.utils import gather_object

        return list(gather_object(list(items)))


def launched_processes() -> int:
    """Return how many processes a launcher started; one without a launcher."""
    return int(os.environ.get("WORLD_SIZE") or 1)


def require_single_process(what: str, fix: str) -> None:
    """Refuse what several processes of a launcher would each do.

    Raises:
        UsageError: a launcher started more than one.
    """
    if launched_processes() > 1:
        raise UsageError(f"Several processes cannot {what}", "each of them would do it", fix)


def is_main_process() -> bool:
    """Whether this process is the one that prints and saves."""
    return int(os.environ.get("RANK") or 0) == 0


def join_process_group(device: str = "auto") -> ProcessGroup:
    """Find this process's place and device; with several processes, meet the others.

    Raises:
        UsageError: torch knows no such device, or it is not there.
    """
    import torch

    chosen = resolve_device(device)
    if launched_processes() == 1:
        return ProcessGroup(0, 1, chosen)
    from accelerate import PartialState
    from accelerate.utils import parse_flag_from_env

    # Without an explicit cpu= every process on a machine without accelerator would take itself for rank 0 of 1.
    cpu = chosen == "cpu" or parse_flag_from_env("ACCELERATE_USE_CPU") or not torch.accelerator.is_available()
    state = PartialState(cpu=cpu, timeout=_PATIENCE)
    return ProcessGroup(state.process_index, state.num_processes, "cpu" if cpu else str(state.device))


def leave_process_group() -> None:
    """Part from the other processes at the end of a run; without any, do nothing."""
    if launched_processes() == 1:
        return
    from accelerate import PartialState

    PartialState().destroy_process_group()


def assign_candidates(candidates: Sequence[Candidate], ranks: ProcessGroup) -> tuple[Candidate, ...]:
    """Return this process's candidates, so that all have about the same to do; every process computes the same
    split.
    """
    loads = [0] * ranks.count
    mine = set()
    for candidate in longest_first(candidates):
        least = loads.index(min(loads))
        loads[least] += cost(candidate)
        if least == ranks.index:
            mine.add(candidate.repo_id)
    return tuple(candidate for candidate in candidates if candidate.repo_id in mine)


def longest_first(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return candidates by what they take, the most first, so that none begins the longest when others are done."""
    return sorted(candidates, key=lambda one: (-cost(one), one.repo_id))


def cost(candidate: Candidate) -> int:
    """Return what a candidate takes, by its size; only the proportions mean anything."""
    return candidate.bytes or 4 * (candidate.parameters or 0) or _UNKNOWN_COST


def resolve_device(asked: str) -> str:
    """Return the device to run on.

    Raises:
        UsageError: torch knows no such device, or it is not there.
    """
    if asked == "cpu":
        return asked
    import torch

    if asked == "auto":
        return str(torch.accelerator.current_accelerator()) if torch.accelerator.is_available() else "cpu"
    if asked == "meta":
        raise UsageError("Cannot run on the device 'meta'", "it holds no numbers", "--device auto")
    try:
        device = torch.device(asked)
    except RuntimeError:
        why = "there is no such device; there are auto, cpu, cuda, cuda:1, mps and others that torch knows"
        raise UsageError(f"Cannot run on the device {asked!r}", why, f"--device {_meant(asked)}") from None
    try:
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise UsageError(f"Cannot run on the device {asked!r}", str(error).splitlines()[0], "--device auto") from error
    return asked


def _meant(asked: str) -> str:
    """Return the device that somebody may mean who names one that there is not."""
    kind, colon, number = asked.lower().partition(":")
    if kind.rstrip("0123456789") in ("gpu", "nvidia"):
        return f"cuda:{number}" if colon and number.isdecimal() else "cuda"
    return next(iter(get_close_matches(asked.lower(), ("auto", "cpu", "cuda", "mps"), 1)), "auto")

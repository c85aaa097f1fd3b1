"""How far a run is and how long it will take, on stderr."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from hubscore.cli.first_scores import FirstScores, first_look
from hubscore.cli.output import Mode, Output
from hubscore.errors import Cancelled
from hubscore.text import clean, duration

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID
    from rich.table import Table

STOPPED = 130
MOST_ROWS = 20
"""Lines of the scores so far; fewer where the terminal has not twice as many."""


class Stopped(Cancelled):
    """Ctrl-C ended a run."""

    exit_code = STOPPED


class Event(Protocol):
    """What a run tells about one candidate."""

    @property
    def kind(self) -> str:
        """``started``, ``finished`` or ``skipped``."""

    @property
    def model(self) -> str:
        """The candidate."""


class Pace:
    """Time left, from the work done so far; what came from the cache says nothing about the pace.

    Args:
        work: effort by model, in any unit (parameters, bytes); models not named count as the mean.
        total: how many models there are.
        clock: seconds, rising.
    """

    def __init__(self, work: Mapping[str, float], total: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._work, self._clock, self._begun = dict(work), clock, clock()
        self._mean = sum(work.values()) / len(work) if sum(work.values()) > 0 else 1.0
        self.total, self.done, self._spent, self._waiting = total, 0, 0.0, 0.0
        known = sum(self._effort(model) for model in work)
        self._left = known + max(0, total - len(work)) * self._mean
        self._worked, self._ran = 0.0, 0

    def finish(self, model: str, *, cached: bool = False) -> None:
        """Count a model as done."""
        now = self._clock()
        effort = self._effort(model)
        self.done += 1
        self._left = max(0.0, self._left - effort)
        if not cached:
            self._spent += now - self._begun
            self._worked += effort
            self._ran += 1
        self._begun = now

    @property
    def seconds_left(self) -> float | None:
        """Estimated seconds, none before the first model that took work."""
        return self._spent / self._worked * self._left if self._worked else None

    @property
    def rate(self) -> float | None:
        """Models a second, none before the first that took work."""
        return self._ran / self._spent if self._spent > 0 else None

    def _effort(self, model: str) -> float:
        return self._work.get(model) or self._mean


def rate_text(rate: float | None) -> str:
    """Return a rate in the unit that reads best: a second, a minute or an hour.

    Example:
        >>> [rate_text(rate) for rate in (12.5, 0.05, 0.001, None)]
        ['12.5/s', '3.0/min', '3.6/h', '']
    """
    if rate is None:
        return ""
    unit, seconds = ("s", 1) if rate >= 1 else ("min", 60) if rate * 60 >= 1 else ("h", 3600)
    return f"{rate * seconds:.1f}/{unit}"


class Progress:
    """Shows a run's progress: a bar at a terminal, lines elsewhere, nothing in quiet mode.

    Leaving it through Ctrl-C raises :class:`~hubscore.errors.Cancelled` with how far the run got.

    Args:
        output: the writer.
        total: candidates.
        work: effort by model, for the time left.
        stage: what the candidates go through, in a word.
        clock: seconds, rising.
    """

    def __init__(
        self,
        output: Output,
        total: int,
        *,
        work: Mapping[str, float] | None = None,
        stage: str = "features",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.output, self.pace, self._clock = output, Pace(work or {}, total, clock=clock), clock
        self._stage = stage
        self._scores_from: tuple[int, float] | None = None
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._scoring_announced = False
        self._scores = FirstScores()

    def __enter__(self) -> Self:
        bars = os.environ.get("HF_HUB_DISABLE_PROGRESS_BARS", "").lower() not in ("1", "true", "yes", "on")
        if self.output.interactive and bars:
            self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
        if kind is not None and issubclass(kind, KeyboardInterrupt):
            done = f"{self.pace.done} of {self.pace.total} done"
            raise Stopped("Stopped", done, "run the same command again to go on") from None

    def event(self, event: Event) -> None:
        """Take in what an extraction tells."""
        model = clean(event.model)
        if event.kind == "started":
            self._show(model)
            return
        if event.kind == "waiting":
            self._write(f"  {model}: another run on this cache has it in work; waiting, then reading what it stored")
            return
        cached, seconds = bool(getattr(event, "cached", False)), getattr(event, "seconds", None)
        self.pace.finish(event.model, cached=cached or event.kind == "skipped")
        if event.kind == "skipped":
            text = f"skipped, {clean(getattr(event, 'reason', '') or 'no reason given')}"
        else:
            text = "from the cache" if cached else duration(seconds) if seconds is not None else "done"
        self._write(f"[{self.pace.done}/{self.pace.total}] {model}: {text}{self._left()}")
        self._show("")

    def scored(self, model: str, values: Mapping[str, float]) -> None:
        """Take in the scores of a candidate: a first look, before they are compared with those of the others."""
        if self._bar is not None:
            self._scores.add(model, values)
        else:
            self._write(f"  {clean(model)}: {first_look(values)}")

    def scoring(self, done: int, total: int) -> None:
        """Take in how far the scores are, after the extractions."""
        if self._bar is not None and self._task is not None:
            rate = self._scores_rate(done)
            left = f"about {duration((total - done) / rate)} left" if rate and done < total else ""
            count = f"{done}/{total} {rate_text(rate)}".rstrip()
            told: dict[str, Any] = {"stage": "scores", "count": count, "left": left}
            self._bar.update(self._task, description="", completed=done, total=total, **told)
        elif not self._scoring_announced:
            self._scoring_announced = True
            self._write("Computing scores")

    def _scores_rate(self, done: int) -> float | None:
        now = self._clock()
        if self._scores_from is None or done < self._scores_from[0]:
            self._scores_from = (done, now)
        before, begun = self._scores_from
        return (done - before) / (now - begun) if done > before and now > begun else None

    def _left(self) -> str:
        seconds = self.pace.seconds_left
        if seconds is None or self.pace.done >= self.pace.total:
            return ""
        return f", about {duration(seconds)} left"

    def _write(self, line: str) -> None:
        if self._bar is not None:
            self._bar.console.print(line, style="dim", markup=False, highlight=False)
        elif self.output.mode is not Mode.quiet:
            self.output.note(line)

    def _show(self, model: str) -> None:
        if self._bar is not None and self._task is not None:
            count = f"{self.pace.done}/{self.pace.total} {rate_text(self.pace.rate)}".rstrip()
            told: dict[str, Any] = {"stage": self._stage, "count": count, "left": self._left().lstrip(", ")}
            self._bar.update(self._task, description=model, completed=self.pace.done, **told)

    def _rows(self, height: int) -> Table | None:
        """Return the scores so far, in half of the terminal's lines at most."""
        return self._scores.table(min(MOST_ROWS, height // 2)) if len(self._scores) else None

    def _open(self) -> None:
        from rich.progress import BarColumn, SpinnerColumn, TextColumn
        from rich.table import Column

        from hubscore.cli.bar import BarBelowRows

        told = [TextColumn(f"{{task.fields[{name}]}}", markup=False) for name in ("stage", "count", "left")]
        name = Column(no_wrap=True, overflow="ellipsis", ratio=1)
        columns = (
            SpinnerColumn(),
            BarColumn(bar_width=10),
            *told,
            TextColumn("{task.description}", style="dim", markup=False, table_column=name),
        )
        console = self.output.console(stderr=True)
        self._bar = BarBelowRows(
            *columns, rows=lambda: self._rows(console.height), console=console, transient=True, expand=True
        )
        count = f"0/{self.pace.total}"
        self._task = self._bar.add_task("", total=self.pace.total, stage=self._stage, count=count, left="")
        self._bar.start()

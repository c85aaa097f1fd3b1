"""The demo: networks that learnt different things, ranked for a new task, then really fine-tuned."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from hubscore.bench.compare import compare
from hubscore.bench.truth import Truth, write_truth
from hubscore.demo import child, networks
from hubscore.demo.dataset import save_dataset
from hubscore.demo.pictures import Pictures, draw_digits, load_digits
from hubscore.demo.plan import DATASET, DemoResult, Line, Size
from hubscore.demo.sources import TASK_TEXT, Source, draw_task
from hubscore.errors import UsageError
from hubscore.finetune.recipe import FineTuneResult, Sample, Split
from hubscore.finetune.training import finetune
from hubscore.localhub import serve
from hubscore.types import Candidate, Ranking

Report = Callable[[str], None]
FIRST = 3
"""How many of the ranking's first networks its own second stage fine-tunes briefly."""


def run(
    *, keep: str | Path | None = None, seed: int = 0, size: Size | None = None, report: Report = lambda line: None
) -> DemoResult:
    """Train small networks on different tasks, rank them for another one through a local Hub, and fine-tune each for
    the truth.

    Nothing is downloaded. The networks lie as ordinary repos on a Hub of this machine, and `hubscore rank` reads them
    from there in a process of its own, as it would from the real one.

    Args:
        keep: an empty or new folder for the repos, the ranking and the true accuracies; without it they are deleted.
        seed: decides every picture, weight and draw.
        size: how many networks and pictures.
        report: called with each line of progress.

    Returns:
        Ranking and truth side by side.

    Raises:
        UsageError: ``keep`` holds files already.

    Example:
        >>> import hubscore.demo
        >>> result = hubscore.demo.run(report=print)  # doctest: +SKIP
        >>> result.comparison.match("consensus").kendall  # doctest: +SKIP
        0.71
    """
    size = size or Size()
    with ExitStack() as stack:
        stack.enter_context(networks.one_thread())
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hubscore-demo-")))
        folder = scratch if keep is None else _empty(Path(keep))
        clock = _Clock()
        report("[1/4] Drawing the new task: telling digits 5 to 9 apart")
        target = draw_target(folder / "hub", size, seed)
        clock.lap("draw")
        report(f"[2/4] Training {len(size.sources)} small networks on other tasks")
        train_sources(folder / "hub", size, seed, report)
        clock.lap("train")
        ranking, command = rank_through_hub(folder, scratch, seed, report)
        clock.lap("rank")
        report(
            f"[4/4] Fine-tuning every network on the new task, for the truth: {len(target.test.labels)} test pictures"
            " each"
        )
        results = fine_tune(folder / "hub", target, size, report)
        clock.lap("fine-tune")
        write_truth(
            folder / "truth.csv",
            [{"model": it.model, "accuracy": it.accuracy, "test_images": it.test_images} for it in results],
        )
        truth = Truth({result.model: result.accuracy for result in results}, len(target.test.labels))
        return DemoResult(
            lines=_lines(ranking, results, size.sources),
            ranking=ranking,
            comparison=compare(ranking, truth),
            command=command,
            seconds=clock.laps,
            test_images=len(target.test.labels),
            folder=None if keep is None else str(keep),
        )


def draw_target(hub: Path, size: Size, seed: int) -> Split:
    """Draw the target, put its training and test pictures on the Hub, and return its three parts."""
    digits = load_digits(range(5, 10))
    rng = np.random.default_rng([seed, 0])
    fitted = size.train + size.validation
    rows = rng.permutation(len(digits.ink))
    pictures = draw_digits(digits, rows if size.test is None else rows[: fitted + size.test], rng)
    seen, test = pictures.part(range(fitted)), pictures.part(range(fitted, len(pictures.images)))
    save_dataset(hub / "datasets" / DATASET, {"train": seen, "test": test}, title="Digits 5 to 9 in colour clutter")
    parts = (seen.part(range(size.train)), seen.part(range(size.train, fitted)), test)
    return Split(*(Sample(part.images, part.labels) for part in parts))


def train_sources(hub: Path, size: Size, seed: int, report: Report) -> None:
    """Train each network on its task and put it on the Hub."""
    digits = load_digits(range(5))
    for number, source in enumerate(size.sources, start=1):
        started = time.perf_counter()
        pictures: Pictures = draw_task(source.task, digits, size.pictures, np.random.default_rng([seed, number]))
        network, accuracy = networks.train(source, pictures, epochs=size.source_epochs, seed=seed * 1000 + number)
        networks.save(source, network, pictures.classes, accuracy, hub / "models" / source.repo_id)
        learnt = "" if accuracy is None else f": {accuracy:.0%} right,"
        report(
            f"      {source.repo_id} learnt {TASK_TEXT[source.task]}{learnt or ','} {time.perf_counter() - started:.0f} s"
        )


def rank_through_hub(folder: Path, scratch: Path, seed: int, report: Report) -> tuple[Ranking, str]:
    """Serve the folder as a Hub and run `hubscore rank` against it; return the ranking and the command as typed."""
    with serve(folder / "hub") as hub:
        typed = ["rank", DATASET, "--search", "", "--limit", "50", "--finetune-top", str(FIRST), "--seed", str(seed)]
        report(f"[3/4] Ranking them through a Hub of their own: HF_ENDPOINT={hub.url} {child.shown(typed)}")
        saved = folder / "ranking.json"
        arguments = [*typed, "--cache-dir", str(scratch / "features"), "--out", str(saved), "--format", "agent"]
        child.hubscore(arguments, child.environment(hub.url, scratch / "home"), lambda line: _main_points(line, report))
    return Ranking.load(str(saved)), child.shown(typed)


def _main_points(line: str, report: Report) -> None:
    """Pass on what the ranking says, without the indented details."""
    if line and not line.startswith(" "):
        report(f"      {line}")


def fine_tune(hub: Path, target: Split, size: Size, report: Report) -> list[FineTuneResult]:
    """Fine-tune every network; results in the order of the sources."""
    results = []
    for source in size.sources:
        folder = hub / "models" / source.repo_id
        candidate = Candidate(source.repo_id, "main", source.library, weights="model.safetensors", path=str(folder))
        results.append(finetune(candidate, folder, target, recipe=size.recipe))
        report(f"      {source.repo_id}: {results[-1].accuracy:.1%} right, {results[-1].seconds:.0f} s")
    return results


def _lines(ranking: Ranking, results: list[FineTuneResult], sources: tuple[Source, ...]) -> tuple[Line, ...]:
    known = {result.model: result for result in results}
    tasks = {source.repo_id: TASK_TEXT[source.task] for source in sources}
    return tuple(
        Line(
            model=row.model,
            learnt=tasks[row.model],
            rank=row.rank,
            consensus=row.consensus,
            true_rank=1 + sum(other.accuracy > known[row.model].accuracy for other in results),
            accuracy=known[row.model].accuracy,
            standard_error=known[row.model].standard_error,
            expected=row.expected,
            measured=None if row.measured is None else row.measured.accuracy,
        )
        for row in ranking
    )


def _empty(folder: Path) -> Path:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"Cannot keep the demo in '{folder}'", "it holds files already", "name a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class _Clock:
    """Wall time of steps, one after the other."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name], self._last = now - self._last, now

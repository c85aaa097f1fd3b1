"""Tasks as a picture: scores against accuracies, accuracy at each level of transferability, convergence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hubscore.bench.tasks_run import TaskResult
from hubscore.bench.tasks_summary import Summary, summarize
from hubscore.report.map_pictures import COLOURS, FAINT, INK, STYLE
from hubscore.text import clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WORDS = {"head": "head re-trained", "all": "all weights fine-tuned", "scratch": "trained from scratch"}


def draw_tasks(results: Sequence[TaskResult], dataset: str = "") -> Figure:
    """Draw tasks as LEEP's paper does: Figures 1, 2 and 3, of which the last needs training from scratch."""
    import matplotlib
    from matplotlib.figure import Figure

    made = summarize(results)
    curves = any(level.gain for level in made.levels)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(4.2 * (3 if curves else 2), 4.0), layout="constrained")
        axes = figure.subplots(1, 3 if curves else 2, squeeze=False)[0]
        _scatter(axes[0], results, made)
        _levels(axes[1], made)
        if curves:
            _convergence(axes[2], made)
        for one in axes:
            one.tick_params(colors="#4a515c", labelsize=8)
            one.spines[:].set_color("#d0d4da")
        sources = ", ".join(dict.fromkeys(clean(one.source) for one in results))
        title = f"{sources} on {len({one.about['task'] for one in results})} tasks of {clean(dataset)}"
        figure.suptitle(title, x=0.01, ha="left", fontsize=10, color=INK)
    return figure


def _scatter(axes: Axes, results: Sequence[TaskResult], made: Summary) -> None:
    """Draw the score against accuracies, each number of classes in a colour of its own."""
    if made.by is None:
        axes.set_title("no score is defined for all tasks", loc="left", fontsize=8.5, color=INK)
        return
    sizes = sorted({int(one.about["classes"]) for one in results})
    for place, size in enumerate(sizes):
        for kind, marker in (("head", "x"), ("all", "o")):
            known = [one for one in results if one.about["classes"] == size and kind in one.reached]
            values = [one.scores[made.by] for one in known]
            label = (
                f"{size} classes"
                if kind == ("all" if any("all" in one.reached for one in results) else "head")
                else None
            )
            heights = [one.reached[kind].accuracies[0] for one in known]
            axes.scatter(values, heights, s=18, marker=marker, color=COLOURS[place % len(COLOURS)], label=label)
    axes.set_xlabel(clean(made.by))
    axes.set_title("test accuracy (x: head re-trained, o: fine-tuned)", loc="left", fontsize=8.5, color=INK)
    axes.legend(fontsize=7, frameon=False)


def _levels(axes: Axes, made: Summary) -> None:
    for place, kind in enumerate(WORDS):
        known = [level for level in made.levels if kind in level.reached]
        if known:
            heights = [level.reached[kind] for level in known]
            axes.plot(
                [level.level for level in known],
                heights,
                marker="o",
                markersize=4,
                color=COLOURS[place],
                label=WORDS[kind],
            )
    axes.set_xlabel(f"level of transferability by {clean(made.by or 'none')}")
    axes.set_title("mean test accuracy", loc="left", fontsize=8.5, color=INK)
    if made.levels:
        axes.set_xticks([level.level for level in made.levels])
        axes.legend(fontsize=7, frameon=False)


def _convergence(axes: Axes, made: Summary) -> None:
    axes.axhline(0.0, color=FAINT, linewidth=1.0, linestyle=(0, (3, 3)))
    for level in made.levels:
        colour = COLOURS[(level.level - 1) % len(COLOURS)]
        epochs = range(1, len(level.gain) + 1)
        axes.plot(epochs, level.gain, marker="o", markersize=3, color=colour, label=f"level {level.level}")
    axes.set_xlabel("epoch")
    axes.set_title("fine-tuning less the end of training from scratch", loc="left", fontsize=8.5, color=INK)
    axes.legend(fontsize=7, frameon=False)

"""What was fine-tuned just now as true accuracies, and as rows of a file that they are read from again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hubscore.bench.truth import Truth
from hubscore.finetune.recipe import FineTuneResult, Train


def from_results(results: Sequence[FineTuneResult], test_images: int) -> Truth:
    """Return the accuracies by model."""
    return Truth({result.model: result.accuracy for result in results}, test_images)


def truth_rows(made: Mapping[Train, Sequence[FineTuneResult]], kinds: Sequence[Train]) -> list[dict[str, object]]:
    """Return rows of a file of true accuracies, one a model that all kinds of training are known of.

    ``accuracy`` is that of fine-tuning where there is one, and ``train`` says whose it is; of head re-training beside
    it, columns begin with ``head_``. ``epochs`` has the accuracy after each epoch, with blanks between.

    Args:
        made: results by what was trained, so far.
        kinds: all that are to be known.
    """
    main, *others = sorted(kinds)  # "all" comes before "head"
    known = {kind: {result.model: result for result in made.get(kind, ())} for kind in kinds}
    rows = []
    for model, result in known[main].items():
        if all(model in known[kind] for kind in others):
            beside = [_cells(known[kind][model], f"{kind}_") for kind in others]
            row: dict[str, object] = {"model": model, **_cells(result), "test_images": result.test_images}
            rows.append(row | {"train": main} | {name: cell for cells in beside for name, cell in cells.items()})
    return rows


def _cells(result: FineTuneResult, prefix: str = "") -> dict[str, object]:
    epochs = " ".join(f"{accuracy:.4g}" for accuracy in result.epochs)
    cells = {"accuracy": result.accuracy, "f1": result.f1, "lr": result.lr, "epochs": epochs}
    return {f"{prefix}{name}": cell for name, cell in cells.items()}

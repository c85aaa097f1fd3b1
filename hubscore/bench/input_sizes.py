"""Whether a ranking looked at the checkpoints at the size at which they were fine-tuned."""

from __future__ import annotations

from collections.abc import Mapping

from hubscore.types import Ranking

_NAMED = 3


def ranked_size(ranking: Ranking, model: str) -> int | None:
    """Return the pixels per side that a model saw: as the record has it, or else as they were asked for."""
    seen = ranking.record.extractions.get(model, {}).get("input_size")
    if seen and seen[0] == seen[1]:
        return int(seen[0])
    return ranking.record.input_sizes.get(model, ranking.record.input_size)


def other_sizes(ranking: Ranking, sizes: Mapping[str, int]) -> str:
    """Return a warning where models were ranked at another size than they were fine-tuned at; empty otherwise.

    Args:
        ranking: with the sizes that it looked at.
        sizes: pixels per side of the fine-tuning, by model.
    """
    ranked = {row.model: ranked_size(ranking, row.model) for row in ranking.rows if row.model in sizes}
    other = {model: size for model, size in ranked.items() if size is not None and size != sizes[model]}
    if not other:
        return ""
    named = [f"{model}: ranked at {size}, fine-tuned at {sizes[model]}" for model, size in other.items()]
    more = f"; and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return (
        f"{len(other)} of {len(ranked)} models were ranked at another input size than they were fine-tuned at"
        f" ({'; '.join(named[:_NAMED])}{more}): rank them at that size, --models FILE.csv with a column input_size"
    )

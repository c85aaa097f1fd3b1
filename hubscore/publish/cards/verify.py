"""Whether a spliced card is the old card and our result, nothing more and nothing less."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hubscore.publish.cards.frontmatter import CardRefused, first_line, read_front_matter
from hubscore.types import Json


def check_splice(
    before: Mapping[str, Any], text: str, result: Json, mine: Callable[[Any], bool], *, kept: Sequence[str]
) -> None:
    """Read a spliced card again, as the Hub does and as its client does.

    Args:
        before: what the front matter said.
        text: the spliced card.
        result: what was put in.
        mine: tells our result from all others.
        kept: the pieces of the old card that had to stay, in order.

    Raises:
        CardRefused: another result, another key or a byte of somebody else changed, or the card does not parse any
            more.
    """
    after = read_front_matter(text).data()
    ours = [entry for model in after.get("model-index") or () for entry in model.get("results") or () if mine(entry)]
    if repr(ours) != repr([result]):
        raise CardRefused("our result could not be read back from it")
    if others(before, mine) != others(after, mine):
        raise CardRefused("other metadata in it would have changed")
    place = 0
    for piece in kept:
        place = text.find(piece, place)
        if place < 0:
            raise CardRefused("other text in it would have changed")
        place += len(piece)
    if not (text.startswith(kept[0]) and text.endswith(kept[-1])):
        raise CardRefused("other text in it would have changed")
    check_parses(text)


def check_parses(text: str) -> None:
    """Refuse a card that the Hub's client cannot read.

    Raises:
        CardRefused: with what the client says.
    """
    import yaml
    from huggingface_hub import ModelCard

    try:
        ModelCard(text.removeprefix("\ufeff"))
    except (ValueError, TypeError, KeyError, AttributeError, yaml.YAMLError) as error:
        raise CardRefused(f"the Hub's client cannot read its metadata: {first_line(error)}") from error


def others(data: Mapping[str, Any], mine: Callable[[Any], bool]) -> str:
    """Return everything in the metadata that is not ours, as text that tells 1 from 1.0 and finds not-a-number equal
    to itself.
    """
    index = [
        {**model, "results": [entry for entry in model.get("results") or () if not mine(entry)]}
        for model in data.get("model-index") or ()
        if isinstance(model, Mapping)
    ]
    kept = [model for model in index if model["results"] or set(model) - {"name", "results"} or len(index) > 1]
    return repr(({key: value for key, value in data.items() if key != "model-index"}, kept))

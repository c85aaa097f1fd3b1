"""Metrics of ours that the Hub's client put into an author's result, under the author's source.

Entries of earlier versions had a task of the Hub's, so that they were merged with an author's result on the same data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from yaml.nodes import MappingNode, Node, SequenceNode

from hubscore.publish.cards.frontmatter import CardRefused, FrontMatter, child, read_front_matter
from hubscore.publish.cards.ours import INDEX, is_our_metric, is_ours, metrics_of, results_of
from hubscore.publish.cards.splice import Edit, apply_edits, check_plain, index_entries, item_span


def without_strays(text: str, about: Callable[[Mapping[str, Any]], bool]) -> str:
    """Return a card without our metrics in results of others; the same text where there are none.

    Args:
        text: the card.
        about: whether a result is looked into.

    Raises:
        CardRefused: the card is malformed, or they cannot be taken out as text.
    """
    front = read_front_matter(text)
    data = front.data()
    index = child(front.root, INDEX) if front.root is not None else None
    if index is None or not any(_mixed(entry, about) for entry in results_of(data)):
        return text
    key, value = index
    check_plain(front, key)
    edits = list(_edits(front, index_entries(value), data[INDEX], about))
    changed = apply_edits(text, edits)
    after = read_front_matter(changed).data()
    if repr(after) != repr(_cleared(data, about)):
        raise CardRefused("other metadata in it would have changed")
    return changed


def _mixed(entry: Any, about: Callable[[Mapping[str, Any]], bool]) -> bool:
    if not isinstance(entry, Mapping) or is_ours(entry) or not about(entry):
        return False
    found = {is_our_metric(metric) for metric in metrics_of(entry)}
    return found == {True, False}


def _edits(
    front: FrontMatter,
    entries: Sequence[tuple[MappingNode, Node]],
    told: Sequence[Mapping[str, Any]],
    about: Callable[[Mapping[str, Any]], bool],
) -> Iterator[Edit]:
    for (_, results), said in zip(entries, told, strict=True):
        for node, entry in zip(results.value, said["results"] or (), strict=False):
            metrics = child(node, "metrics") if _mixed(entry, about) else None
            if metrics is None:
                continue
            if not isinstance(metrics[1], SequenceNode) or metrics[1].flow_style or node.flow_style:
                raise CardRefused("hubscore's metrics stand among somebody else's there, in flow style")
            for place, metric in enumerate(entry["metrics"]):
                if is_our_metric(metric):
                    yield (*item_span(front, metrics[1], place), "")


def _cleared(data: Mapping[str, Any], about: Callable[[Mapping[str, Any]], bool]) -> dict[str, Any]:
    """Return the metadata as they should be afterwards."""

    def cleared(entry: Any) -> Any:
        left = [metric for metric in metrics_of(entry) if not is_our_metric(metric)] if _mixed(entry, about) else None
        return entry if left is None else {**entry, "metrics": left}

    index = [{**one, "results": [cleared(entry) for entry in one["results"] or ()]} for one in data[INDEX]]
    return {**data, INDEX: index}

"""Which results of a card are hubscore's, about what data, and which of two of them stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from hubscore.publish.cards.frontmatter import CardRefused

SOURCE = "hubscore"
ESTIMATE = "transferability estimate"
"""Stands in the name of each of our metrics, in those of earlier versions too."""
INDEX = "model-index"
_RUN = re.compile(r"/runs/(\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z)-[0-9a-f]{8}\.json$", re.ASCII)


def results_of(data: Mapping[str, Any]) -> Iterator[Any]:
    """Yield every result that a card's metadata hold."""
    for entry in data.get(INDEX) or ():
        yield from (entry.get("results") or ()) if isinstance(entry, Mapping) else ()


def is_ours(entry: Any) -> bool:
    """Whether a result was written by hubscore."""
    source = entry.get("source") if isinstance(entry, Mapping) else None
    return isinstance(source, Mapping) and source.get("name") == SOURCE


def own(result: Mapping[str, Any]) -> Callable[[Any], bool]:
    """Return what tells our entry for the same data set, configuration and split from all others."""
    return lambda entry: same_data(entry, result)


def same_data(entry: Any, result: Mapping[str, Any]) -> bool:
    """Whether a result is ours and about the same data, of whatever revision."""
    return is_ours(entry) and about_same(entry, result)


def about_same(entry: Mapping[str, Any], result: Mapping[str, Any]) -> bool:
    """Whether two results are about the same data set, configuration and split, whoever wrote them."""
    return _key(entry) == _key(result)


def newer_run(data: Mapping[str, Any], result: Mapping[str, Any]) -> str | None:
    """Return when the run of our entry for the same data was made, where that is later than the run of ``result``."""
    mine = own(result)
    there = [stamp for entry in results_of(data) if mine(entry) and (stamp := _stamp(entry))]
    return max((stamp for stamp in there if stamp > _stamp(result) > ""), default=None)


def stronger(data: Mapping[str, Any], result: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the entry of ours that outweighs a result: over more rows, or over as many by a later run; else none.

    Args:
        data: a card's metadata.
        result: what would be the only entry of ours in it.
    """

    def weight(entry: Mapping[str, Any]) -> tuple[int, str]:
        return samples_of(entry), _stamp(entry)

    others = [entry for entry in results_of(data) if is_ours(entry) and weight(entry) > weight(result)]
    return max(others, key=weight, default=None)


def samples_of(entry: Mapping[str, Any]) -> int:
    """Return how many rows of the data an entry rests on; 0 where it does not say."""
    metrics = (metric for metric in metrics_of(entry) if isinstance(metric, Mapping))
    told = (args.get("samples") for metric in metrics if isinstance(args := metric.get("args"), Mapping))
    return max((count for count in told if isinstance(count, int)), default=0)


def check_unmixed(entries: Sequence[Mapping[str, Any]]) -> None:
    """Refuse entries of ours that hold somebody else's metrics, which would go with them.

    Where an author's result on the same data stood behind an entry of an earlier version, the Hub's client made one of
    the two, under our source.
    """
    metrics = [metric for entry in entries for metric in metrics_of(entry)]
    theirs = [metric for metric in metrics if not is_our_metric(metric)]
    if theirs:
        name = theirs[0].get("type") if isinstance(theirs[0], Mapping) else theirs[0]
        raise CardRefused(f"hubscore's result in it holds a metric of somebody else's too ({name}): give it its own")


def metrics_of(entry: Mapping[str, Any]) -> Sequence[Any]:
    """Return the metrics of a result; none where it lists none."""
    metrics = entry.get("metrics")
    return metrics if isinstance(metrics, list) else ()


def is_our_metric(metric: Any) -> bool:
    """Whether a metric was written by hubscore, of whatever version: by its type, or by what its name says."""
    known = metric if isinstance(metric, Mapping) else {}
    return str(known.get("type")).startswith(f"{SOURCE}_") or ESTIMATE in str(known.get("name"))


def _stamp(result: Mapping[str, Any]) -> str:
    """Return the date in the address of an entry's record; the text sorts like the date."""
    found = _RUN.search(str(result["source"].get("url")))
    return found[1] if found else ""


def _key(result: Mapping[str, Any]) -> tuple[Any, ...]:
    dataset = result.get("dataset")
    known = dataset if isinstance(dataset, Mapping) else {}
    return tuple(known.get(name) for name in ("type", "config", "split"))

"""What a probe's items cost beside the forward passes: decoding each once, and preparing it for every network."""

from __future__ import annotations

import time
from statistics import mean, median

from hubscore.modalities.stored_items import StoredItem, decoding_threads
from hubscore.types import ItemSeconds

MEASURED = 12
"""Items that are prepared to see how long that takes."""


def measure_items(items: list[StoredItem]) -> ItemSeconds | None:
    """Return what decoded items cost, by doing with a few of them what most networks' transforms do.

    Processor time is counted, which another program on the machine does not change.

    Args:
        items: of one probe, decoded already.

    Returns:
        Seconds an item; none without items.
    """
    if not items:
        return None
    store, taken, sizes = items[0].store, list[float](), list[int]()
    for item in items[:: max(1, len(items) // MEASURED)][:MEASURED]:
        began = time.thread_time()
        decoded = item.decoded(store.modality.usual_spec())
        store.modality.prepare_sample(decoded)
        size = store.modality.size_of(decoded)
        sizes += [] if size is None else [size]
        taken.append(time.thread_time() - began)
    decoding = store.decode_seconds / max(1, store.decodings) / decoding_threads()
    return ItemSeconds(once=decoding, each=median(taken), size=round(mean(sizes)) if sizes else None)

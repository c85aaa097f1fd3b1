from dataclasses import replace

import numpy as np
from fakes import fake_extraction, fake_probe
from probe.pictures import png, stored

from hubscore.extract.concat import concat_probes, split_extractions
from hubscore.modalities.lazy_items import LazyItems


def probes(*names: str):
    made = [
        replace(
            fake_probe(each=3),
            fingerprint=name * 64,
            items=LazyItems(stored([png(ord(name))] * 12)),
        )
        for name in names
    ]
    return [replace(probe, indices=tuple(range(number, 12 + number))) for number, probe in enumerate(made)]


def test_rows_stand_one_probe_after_the_other():
    whole = concat_probes(probes("a", "b"))
    assert len(whole) == len(whole.items) == 24 and whole.labels is None
    assert whole.indices == (*range(12), *range(1, 13))
    assert list(whole.items.encoded) == [png(ord("a"))] * 12 + [png(ord("b"))] * 12
    assert whole.items[12] is whole.items[-12]  # what the second had decoded still is


def test_one_probe_is_itself_so_that_its_cache_serves():
    (only,) = probes("a")
    assert concat_probes([only]) is only


def test_the_fingerprint_depends_on_every_probe_and_their_order():
    prints = {concat_probes(probes(*names)).fingerprint for names in ("ab", "ba", "ac", "abc")}
    assert len(prints) == 4


def test_apart_gives_each_probe_its_rows_again():
    pair = probes("a", "b")
    whole = fake_extraction("lab/good", 1.0, np.tile(np.arange(4), 6))
    first, second = split_extractions({"lab/good": whole, "lab/none": replace(whole, logits=None)}, pair)
    joined = np.concatenate([first["lab/good"].features["penultimate"], second["lab/good"].features["penultimate"]])
    assert (joined == whole.features["penultimate"]).all() and len(first["lab/good"].logits) == 12
    assert second["lab/none"].logits is None

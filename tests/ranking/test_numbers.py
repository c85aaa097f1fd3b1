import json

import numpy as np
from fakes import fake_pool, fake_probe

from hubscore.errors import Advice, Undefined
from hubscore.ranking.numbers import Numbers, Variants
from hubscore.ranking.request import Request
from hubscore.ranking.score_inputs import ProbeResults
from hubscore.ranking.scorer import Scorer
from hubscore.ranking.scoring import Part
from hubscore.types import Score


def test_every_bit_comes_back_from_json():
    probe = fake_probe(each=6)
    (candidate,), extractions = fake_pool(probe, names=["lab/good"])
    scorer = Scorer([ProbeResults(probe, {})], Request(scores="energy,ncti,logme,etran", subsamples=3), kernels=False)
    made = scorer.numbers(scorer.open(candidate, [extractions["lab/good"]]))
    again = Numbers.from_json(json.loads(json.dumps(made.to_json())))
    assert again == made and len(made.drawn) == 3 and made.probes[0].headless


def test_why_there_are_no_terms_comes_back_with_its_advice():
    error = Undefined("It is undefined", "few samples", "wait", advice=(Advice.REDUCE, Advice.SAMPLES))
    numbers = Numbers((Variants({"ncti": Part(error, 1.5)}, {}),))
    part = Numbers.from_json(json.loads(json.dumps(numbers.to_json()))).probes[0].parts["ncti"]
    assert part.terms.reason == error.reason and part.milliseconds == 1.5
    assert part.terms.without(Advice.REDUCE).reason == error.without(Advice.REDUCE).reason


def test_which_variant_counts_is_known_when_all_are_there():
    own, other = Score("energy", 1.0), Score("energy", 2.0)
    variants = Variants({"energy": own, "knn": Score("knn", 0.5)}, {"energy": other})
    assert variants.chosen(heads=True)["energy"] is own
    assert variants.chosen(heads=False)["energy"] is other and list(variants.chosen(heads=False)) == ["energy", "knn"]


def test_numbers_fit_the_columns_that_they_are_of():
    numbers = Numbers((Variants({"knn": Score("knn", 0.5)}, {}),), (Variants({"knn": Score("knn", np.pi)}, {}),))
    assert numbers.fits(["knn"], 1, [["knn"]])
    assert not numbers.fits(["knn"], 2, [["knn"]])
    assert not numbers.fits(["knn"], 1, []) and not numbers.fits(["logme"], 1, [["knn"]])

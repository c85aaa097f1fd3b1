from dataclasses import replace

import numpy as np
import pytest
from fakes import fake_pool, fake_probe

from hubscore.errors import UsageError
from hubscore.ranking.request import Request
from hubscore.ranking.score_inputs import ProbeResults
from hubscore.ranking.scorer import Scorer, looks
from hubscore.ranking.scoring import score_all
from hubscore.types import Skipped

PROBE = fake_probe(each=6)


def scorer(**asked):
    return Scorer([ProbeResults(PROBE, {})], Request(**asked), kernels=False)


def opened(made, name="lab/good", **pool):
    (candidate,), extractions = fake_pool(PROBE, names=[name], **pool)
    return made.open(candidate, [extractions[name]])


def test_a_checkpoint_by_itself_has_the_values_that_it_has_among_others():
    made = scorer(scores="logme,knn,energy,h_score")
    candidates, extractions = fake_pool(PROBE)
    views = {one.repo_id: ProbeResults(PROBE, extractions).inputs(one) for one in candidates}
    together = score_all(views, made.columns, made.options(heads=True))
    alone = made.numbers(opened(made)).probes[0].parts
    assert {name: one.value for name, one in alone.items()} == {
        name: one.value for name, one in together["lab/good"].items()
    }


def test_what_depends_on_the_heads_of_others_is_computed_both_ways():
    made = scorer(scores="energy,knn", subsamples=2)
    numbers = made.numbers(opened(made))
    for variants in (*numbers.probes, *numbers.drawn):
        assert list(variants.headless) == ["energy"]
        assert variants.headless["energy"].value != variants.parts["energy"].value
    without = made.numbers(opened(made, headless=["lab/good"]))
    assert without.probes[0].headless == {} and without.probes[0].parts["energy"].value is not None


def test_it_tells_each_step_and_the_strands_change_no_bit():
    made, ticks = scorer(scores="logme,knn", subsamples=5), []
    one, several = (made.numbers(opened(made), lambda: ticks.append(1), strands=count) for count in (1, 3))
    assert len(ticks) == 2 * made.steps == 12
    assert [v.parts["logme"].value for v in one.drawn] == [v.parts["logme"].value for v in several.drawn]


def test_no_array_is_left_of_what_is_finished():
    made = scorer(scores="ncti,knn")
    view = opened(made)
    done = made.finished(view, made.numbers(view))
    assert done.inputs == () and done.context.extraction.features == {} and done.context.extraction.logits is None
    assert done.head and done.samples == len(PROBE) and done.context.baselines["size"] is not None


def test_what_cannot_be_opened_is_named_once_a_reason():
    made = Scorer([ProbeResults(PROBE, {})] * 2, Request(scores="knn"), kernels=False)
    (candidate,), extractions = fake_pool(PROBE, names=["lab/good"])
    bad = replace(extractions["lab/good"], features={"penultimate": np.full((len(PROBE), 3), np.nan)})
    (left_out,) = made.open(candidate, [bad, bad])
    assert isinstance(left_out, Skipped) and left_out.model == "lab/good"


def test_labels_that_cannot_be_used_are_refused_first():
    with pytest.raises(UsageError):
        Scorer(
            [ProbeResults(replace(PROBE, labels=np.full(len(PROBE), np.nan)), {})], Request(scores="knn"), kernels=False
        )


def test_looks_are_bytes_and_not_nearness():
    rows = np.array([[1.0, 0.0], [1.0, 1e-300], [1.0, 0.0]])
    assert looks(rows) == (0, 1, 0) and looks(rows[:2]) is None and looks(None) is None

"""What goes in: precision, values that are no numbers, too few samples, one class; and that it stays as it was."""

import copy

import numpy as np
import pytest
from networks import CLASSES, ENTRIES, LABELLED, ON_TARGETS, name, network, pool, reason, rows_of, values, values_on

from hubscore import HubscoreError
from hubscore.numerics.workspace import Workspace

ARRAYS = ("features", "logits", "general", "reference", "kernel")
READS = {
    "features": {"features", "features or logits"},
    "logits": {"probs", "features or logits"},
    "kernel": {"kernel"},
}


def narrowed(inputs):
    return inputs | {key: inputs[key].astype(np.float32) for key in ARRAYS}


@pytest.mark.parametrize(("info", "target"), ON_TARGETS, ids=name)
def test_float32_is_computed_in_float64(info, target):
    networks = pool(info, target)
    narrow = [narrowed(inputs) for inputs in networks]
    widened = [inputs | {key: inputs[key].astype(np.float64) for key in ARRAYS} for inputs in narrow]
    found = values(info, *narrow)
    assert (found == values(info, *widened)).all()
    assert found == pytest.approx(values(info, *networks), rel=1e-4, abs=1e-6)


@pytest.mark.parametrize(
    ("info", "column"), [(info, column) for info in ENTRIES for column in READS if info.needs & READS[column]], ids=name
)
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_value_that_is_no_number_is_named_by_its_column(info, column, bad):
    inputs = network()
    inputs[column] = inputs[column].copy()
    inputs[column][7, 4] = bad
    with pytest.raises(HubscoreError, match=f"Cannot use {column}: column 4 is {bad} in row 7: 1 of"):
        values(info, inputs)


@pytest.mark.parametrize(("info", "target"), ON_TARGETS, ids=name)
def test_one_sample_is_undefined(info, target):
    networks = [rows_of(inputs, slice(0, 1)) for inputs in pool(info, target)]
    assert reason(info, *networks) == "there is one sample; add samples"


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize(("info", "target"), ON_TARGETS, ids=name)
def test_hardly_any_samples_give_a_reason_or_a_value_in_range(info, target, count):
    networks = [rows_of(inputs, slice(0, count)) for inputs in pool(info, target)]
    why = reason(info, *networks)
    if why is None:
        low, high = info.bounds(CLASSES, target)
        found = values(info, *networks)
        assert np.isfinite(found).all()
        assert ((low <= found + 1e-9) & (found <= high + 1e-9)).all()
    else:
        assert len(why) > 15


@pytest.mark.parametrize("info", [info for info, target in ON_TARGETS if target == "classification"], ids=name)
def test_one_class_is_undefined(info):
    networks = [inputs | {"labels": np.full(len(inputs["labels"]), 4)} for inputs in pool(info)]
    assert reason(info, *networks) == "all samples have the same label; add samples of another class"


@pytest.mark.parametrize("info", LABELLED, ids=name)
def test_labels_of_another_kind_are_undefined(info):
    for target in {"classification", "multilabel", "regression", "annotation"} - info.targets:
        why = reason(info, *pool(info, target))
        assert why == f"it is for {' or '.join(sorted(info.targets))}, and the target is {target}"


@pytest.mark.parametrize("info", LABELLED, ids=name)
def test_what_a_score_needs_is_named_when_it_is_missing(info):
    for need in info.needs:
        missing = {"probs": ["logits"], "features or logits": ["features", "logits"]}.get(need, [need])
        networks = [inputs | dict.fromkeys(missing) for inputs in pool(info)]
        assert reason(info, *networks)


@pytest.mark.parametrize("info", ENTRIES, ids=name)
def test_inputs_stay_as_they_were(info):
    networks = pool(info)
    before = copy.deepcopy(networks)
    values(info, *networks)
    for inputs, kept in zip(networks, before, strict=True):
        assert all((inputs[key] == kept[key]).all() for key in (*ARRAYS, "labels", "label_texts"))


@pytest.mark.parametrize("info", ENTRIES, ids=name)
def test_a_workspace_can_be_used_twice(info):
    workspaces = [Workspace(**inputs) for inputs in pool(info)]
    assert (values_on(info, *workspaces) == values_on(info, *workspaces)).all()

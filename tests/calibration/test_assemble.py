from dataclasses import replace

import pytest

from hubscore.calibration.assemble import assemble
from hubscore.calibration.transfer import Transfer
from hubscore.errors import UsageError

FEATURES = {"kernel_probe": 0.6, "kernel_probe_loss": 1.0}
LAYERS = FEATURES | {"layer_kernel_probe": 0.8, "layer_kernel_probe_loss": 0.5}


def table(*, datasets=3, models=3, **changed):
    known = {"accuracy": 0.5, "classes": 10, "samples": 400, "scores": LAYERS} | changed
    return [Transfer(f"lab/{m}", f"set{t}", **known) for t in range(datasets) for m in range(models)]


def test_accuracies_of_one_table_meet_scores_of_another():
    truth = assemble([*table(scores={}), *table(accuracy=None, input_size=96.0)])
    assert len(truth.features) == len(truth.layers) == 9
    assert truth.features.accuracy[0] == 0.6 and truth.layers.accuracy[0] == pytest.approx(0.7)
    assert truth.sizes == (96.0,) * 9 and truth.runs == 1 and not truth.left_out


def test_runs_of_fine_tuning_are_averaged():
    truth = assemble([*table(accuracy=0.5), *table(accuracy=0.7, scores={})])
    assert truth.features.truth == pytest.approx([0.6] * 9) and truth.runs == 2


def test_a_model_on_its_own_data_is_left_out_of_every_table():
    rows = table()
    home = replace(rows[0], source="set0", scores={})
    truth = assemble([*rows, home, *table(datasets=3, models=5)])
    assert len(truth.features) == 14 and sum(truth.left_out.values()) == 1


def test_what_has_no_accuracy_or_no_scores_is_counted():
    rows = [*table(), Transfer("lab/9", "set0", accuracy=0.5), Transfer("lab/8", "set0", scores=LAYERS)]
    assert sorted(assemble(rows).left_out.values()) == [1, 1]


def test_features_alone_make_one_fit():
    truth = assemble(table(scores=FEATURES))
    assert truth.layers is None and len(truth.features) == 9


def test_a_model_without_a_family_is_one():
    assert set(assemble(table()).features.family) == {"lab/0", "lab/1", "lab/2"}
    assert set(assemble(table(family="ResNet")).features.family) == {"ResNet"}


def test_a_data_set_with_too_few_models_waits():
    truth = assemble([*table(), *table(datasets=4, models=2)[6:]])
    assert truth.features.targets == ["set0", "set1", "set2"]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        table(scores={}),
        table(accuracy=None),
        table(datasets=1, models=9),
        table(datasets=2),
        table(datasets=9, models=1),
        table(classes=None),
        table(samples=None),
        [*table(), replace(table()[0], model="lab/7", classes=11)],
    ],
    ids=[
        "nothing",
        "no scores",
        "no accuracies",
        "one data set",
        "two",
        "one model",
        "classes",
        "samples",
        "two sizes",
    ],
)
def test_what_nothing_can_be_fitted_on_is_refused_with_advice(rows):
    with pytest.raises(UsageError) as refused:
        assemble(rows)
    assert refused.value.fix


def test_pairs_of_two_sizes_are_counted():
    rows = [*table(scores={}, input_size=96.0), *table(accuracy=None, input_size=224.0)]
    assert assemble(rows).resized == 9 and assemble(table(input_size=96.0)).resized == 0

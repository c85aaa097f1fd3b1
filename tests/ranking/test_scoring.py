import ast
import re
from pathlib import Path

import numpy as np
import pytest

import hubscore.numerics
import hubscore.ranking
import hubscore.scores
import hubscore.similarity.info
from hubscore.errors import Advice, Undefined
from hubscore.numerics.workspace import Workspace
from hubscore.ranking.columns import Column, choose
from hubscore.ranking.score_inputs import ScoreInputs
from hubscore.ranking.scoring import Part, join_set, options_for, score_all, score_one, score_set, tabulate

LABELS = np.tile([0, 1], 10)


def views(seed=0, **given):
    features = np.random.default_rng(seed).normal(size=(20, 3)) + LABELS[:, None]
    return ScoreInputs(Workspace(**{"features": features, "labels": LABELS, **given}))


def breaking(workspace):
    raise FloatingPointError("svd\ndid not converge")


def spoiled(workspaces):
    """A score over a set that one constant network spoils."""
    if any(np.ptp(workspace.features) == 0 for workspace in workspaces):
        raise Undefined("It is undefined", "the features are constant")
    if len(workspaces) < 2:
        raise Undefined("It is undefined", "there is one")
    return [float(workspace.features.mean()) for workspace in workspaces]


def test_a_score_has_a_value_or_a_reason_and_its_time():
    leep, knn = choose(["leep", "knn"])
    scored = score_one(knn, views(), {})
    assert 0 <= scored.value <= 1 and scored.reason is None and scored.milliseconds > 0
    assert "source-class probabilities" in score_one(leep, views(), {}).reason


def test_a_score_that_breaks_is_named_and_stops_nothing(info):
    column = Column("bad", info("bad", "neighbour", function=f"{__name__}:breaking"))
    assert score_one(column, views(), {}).reason == "its computation failed (FloatingPointError: svd did not converge)"


def test_one_network_that_cannot_be_compared_leaves_the_others_in(info):
    column = Column("set", info("set", "discriminant", pool=True, function=f"{__name__}:spoiled"))
    pool = {"a": views(1), "b": views(features=np.ones((20, 3))), "c": views(3)}
    scored = score_set(column, pool, {})
    assert scored["b"].reason == "the features are constant"
    assert scored["a"].value == pytest.approx(pool["a"].plain.features.mean()) and scored["c"].value is not None


def test_a_set_of_one_has_the_reason_of_the_set(info):
    column = Column("set", info("set", "discriminant", pool=True, function=f"{__name__}:spoiled"))
    assert score_set(column, {"a": views()}, {})["a"].reason == "there is one"


def test_networks_without_what_a_set_score_needs_are_left_out():
    (column,) = choose(["etran"])
    pool = {"a": views(1), "b": views(2), "c": ScoreInputs(Workspace(probs=np.full((20, 2), 0.5), labels=LABELS))}
    scored = score_set(column, pool, {})
    assert scored["c"].value is None and scored["a"].value is not None and scored["b"].value is not None


def test_every_model_has_every_column_in_the_order_of_names():
    columns, told = choose(["etran", "knn"]), []
    scored = score_all({"b": views(1), "a": views(2)}, columns, {}, lambda: told.append(1))
    assert len(told) == 2
    table = tabulate(scored, columns)
    assert table.models == ("a", "b") and [column.name for column in table.columns] == ["etran", "knn"]
    assert table.values[1, 0] == scored["a"]["knn"].value and not np.isnan(table.values).any()


def test_undefined_is_nan_in_the_table_only():
    columns = choose(["leep", "knn"])
    assert np.isnan(tabulate(score_all({"a": views()}, columns, {}), columns).values).tolist() == [[True], [False]]


def test_one_kind_of_energy_serves_all_and_the_seed_goes_to_who_draws():
    columns = choose(["energy", "nleep", "knn"])
    assert options_for(columns, seed=7, heads=False)["energy"] == {"energy_of": "features"}
    assert options_for(columns, seed=7, heads=True)["energy"] == {"energy_of": "logits"}
    assert options_for(columns, seed=7, heads=True)["nleep"] == {"seed": 7}
    assert options_for(columns, seed=7, heads=True)["knn"] == {}


FEW = Undefined("It is undefined", "there are few samples", advice=(Advice.REDUCE, Advice.SAMPLES))


def test_a_reduced_column_does_not_advise_to_reduce():
    few = ScoreInputs(Workspace(features=np.random.default_rng(0).normal(size=(20, 40)), labels=LABELS))
    plain, reduced = (score_one(column, few, {}) for column in choose("h_score"))
    assert plain.reason.endswith("; reduce to 32 dimensions, or use more samples")
    assert reduced.reason.endswith("; use more samples") and "reduce to" not in reduced.reason


def test_more_samples_are_no_advice_on_all_rows_of_the_data():
    few = ScoreInputs(Workspace(features=np.random.default_rng(0).normal(size=(20, 40)), labels=LABELS), whole=True)
    plain, reduced = choose("h_score")
    for inputs in (few, few.fresh(), few.turned().subset(np.arange(19))):
        assert score_one(plain, inputs, {}).reason.endswith("; reduce to 32 dimensions")
        assert score_one(reduced, inputs, {}).reason.endswith("; the data have no more rows")
    (etran,) = choose("etran", reduce=4)
    told = join_set(etran, {"a": Part(FEW, 1.0)}, {}, whole=True)["a"].reason
    assert told == "there are few samples; the data have no more rows"


def stop(workspaces):
    raise FEW


def test_a_reduced_column_over_the_set_does_not_either(info):
    score = info("set", "discriminant", pool=True, function=f"{__name__}:stop")
    told = [score_set(Column("set", score, reduce), {"a": views()}, {})["a"].reason for reduce in (None, 4)]
    assert told == [
        "there are few samples; reduce to 32 dimensions, or use more samples",
        "there are few samples; use more samples",
    ]
    (etran,) = choose("etran", reduce=4)
    assert join_set(etran, {"a": Part(FEW, 1.0)}, {})["a"].reason == told[1]


PURE = (hubscore.numerics, hubscore.scores, hubscore.similarity.info, hubscore.ranking)


def test_rooms_that_compute_do_not_speak_of_options_of_the_command_line():
    files = [file for room in PURE for file in Path(str(room.__file__)).parent.rglob("*.py")]
    spoken = [
        f"{file}: {text}"
        for file in files
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Constant) and isinstance(text := node.value, str)
        if re.search(r"(?<![\w-])--(?!help)[a-z]", text)
    ]
    assert len(files) > 70 and not spoken


def test_scores_advise_a_reduction_by_its_code():
    written = [
        text
        for room in PURE
        for file in Path(str(room.__file__)).parent.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call)
        for argument in node.args
        if isinstance(argument, ast.Constant) and isinstance(text := argument.value, str)
    ]
    assert not [text for text in written if Advice.REDUCE.words in text]

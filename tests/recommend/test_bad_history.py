"""Bad and poisoned histories from end to end: named, bounded, and nothing in them is believed or executed."""

import json
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest
from resultscene import made, ranking  # noqa: F401 - a fixture
from safetensors.numpy import load_file, save_file

from hubscore.errors import HubscoreError, StorageError, UsageError
from hubscore.recommend import tables
from hubscore.recommend.fitted import fit_history
from hubscore.recommend.history import History, TaskVector
from hubscore.recommend.history_file import MODELS, NUMBERS, TASKS, load_history, save_history
from hubscore.recommend.order_choice import ORDERS
from hubscore.recommend.rankings import cells_of
from hubscore.recommend.recommend import recommend
from hubscore.recommend.sources import build_history
from hubscore.recommend.update import update_history
from hubscore.types import Row

MARKUP = "<img src=x onerror=alert(1)>\x1b[2J"


@pytest.fixture
def history(rng):
    made_of = History.of(["a", "b", "c", "d"], ["birds", "cars", "pets"], rng.uniform(size=(4, 3)))
    return replace(made_of, task_vectors={"birds": TaskVector("lab/eye", "r1", np.ones(3))})


@pytest.fixture
def saved(history, tmp_path):
    save_history(history, tmp_path / "past", fit_history(history, rank=1, interval=False).space)
    return tmp_path / "past"


@pytest.mark.parametrize("by", ORDERS)
@pytest.mark.parametrize(
    ("models", "tasks", "told"), [("ab", ["birds"], "one other data set"), ("a", ["birds", "cars"], "one model")]
)
def test_one_data_set_or_one_model_by_every_order(by, models, tasks, told):
    past = History.of(list(models), tasks, np.linspace(0.3, 0.6, len(models) * len(tasks)).reshape(len(models), -1))
    if by == "regression":
        with pytest.raises(UsageError, match="needs two models and two data sets") as raised:
            recommend("new", past, by=by)
        assert raised.value.fix == "--by history"
    else:
        found = recommend("new", past, by=by)
        assert len(found.rows) == len(models) and any(told in note for note in found.notes)


def test_a_model_whose_revision_changed_is_counted_when_a_history_grows(tmp_path):
    def table(name, target, revision):
        path = tmp_path / name
        path.write_text(f"model,target,accuracy,revision\na,{target},0.5,{revision}\nb,{target},0.4,same\n")
        return path

    past = build_history(table("one.csv", "birds", "old"))
    grown, _ = update_history(past, table("two.csv", "cars", "new"))
    assert any("1 model changed between data sets: values of several revisions stand" in one for one in grown.notes)
    assert grown.model_facts["a"].revision == "new" and recommend("x", grown, rank=1).rows[0].revision == "new"


@pytest.mark.parametrize("by", ["history", "merged", "trans", "meta", "regression"])
def test_empty_rows_and_columns_stay_undefined(history, by):
    values, kinds = history.values.copy(), history.kinds.copy()
    values[3], kinds[3], values[:, 2], kinds[:, 2] = np.nan, 0, np.nan, 0
    found = recommend("new", replace(history, values=values, kinds=kinds), by=by, rank=1)
    scores = {row.model: row.score for row in found}
    assert all(np.isfinite(scores[name]) for name in "abc") and not next(r for r in found if r.model == "d").known
    assert all(score is None or np.isfinite(score) for score in scores.values())


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 1e300])
def test_what_is_no_number_in_a_ranking_is_left_out_and_counted(ranking, value):  # noqa: F811
    rows = (Row(1, "a", "r", "timm", scores={"fda": value}), Row(2, "b", "r", "timm", scores={"fda": 0.5}))
    run = replace(made(ranking, "2026-01-01T00:00:00Z", dataset="me/x"), rows=rows, scores={})
    cells, notes = cells_of([run])
    assert [cell.value for cell in cells] == [None, 0.5]
    assert notes == ["Left out: 1 values: outside the range of fda"]


def test_a_ranking_of_another_schema_is_named(ranking, tmp_path):  # noqa: F811
    made(ranking, "2026-01-01T00:00:00Z", dataset="me/x").save(str(tmp_path / "newer.json"))
    told = json.loads((tmp_path / "newer.json").read_text())
    told["schema"] = 99
    (tmp_path / "newer.json").write_text(json.dumps(told))
    with pytest.raises(HubscoreError, match=r"newer\.json") as raised:
        build_history(tmp_path, score="knn")
    assert "99" in str(raised.value)


def test_a_table_of_a_million_models_is_refused_before_it_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "MOST_MODELS", 1000)
    path = tmp_path / "many.csv"
    path.write_text("model,target,accuracy\n" + "".join(f"m{n},x,0.5\n" for n in range(100_000)))
    with pytest.raises(UsageError, match="more than 1,000 models"):
        build_history(path)


def retold(folder, **changes):
    """Write what a history says of itself again, with some of it changed."""
    from safetensors import safe_open

    with safe_open(folder / NUMBERS, framework="numpy") as opened:
        about = json.loads(opened.metadata()["hubscore"])
    save_file(load_file(folder / NUMBERS), folder / NUMBERS, metadata={"hubscore": json.dumps(about | changes)})


@pytest.mark.parametrize(
    "changes",
    [
        {"score": MARKUP},
        {"score": ["fda"]},
        {"notes": 7},
        {"space": {"model_penalty": "x", "task_penalty": 0.1, "objective": 1.0, "converged": True}},
        {"space": {"model_penalty": None, "task_penalty": 0.1, "objective": 1.0, "converged": True}},
        {"space": {"model_penalty": 10**400, "task_penalty": 0.1, "objective": 1.0, "converged": True}},
        {"space": {"model_penalty": float("nan"), "task_penalty": 0.1, "objective": 1.0, "converged": True}},
    ],
)
def test_what_a_history_says_of_itself_is_checked(saved, changes):
    retold(saved, **changes)
    with pytest.raises(StorageError, match="past") as raised:
        load_history(saved)
    assert "\x1b" not in str(raised.value) and "build it again" in str(raised.value.fix)


def test_notes_and_facts_with_markup_lose_it(saved):
    retold(saved, notes=[MARKUP, 7])
    assert "\x1b" not in "".join(load_history(saved)[0].notes)
    rewritten(saved / MODELS, license=MARKUP, family=MARKUP, parameters=-5)
    rewritten(saved / TASKS, proxy=MARKUP, modality=MARKUP, dataset=MARKUP, classes=-1)
    opened, _ = load_history(saved)
    facts = opened.model_facts["a"]
    assert (facts.license, facts.family, facts.parameters) == (None, None, None)
    about = opened.task_facts["birds"]
    assert (about.dataset, about.modality, about.classes) == ("birds", "image", None) and opened.task_vectors == {}
    assert recommend("x", opened, rank=1).rows


@pytest.mark.parametrize("wrong", ["many", 1.5, [1, 2]])
def test_facts_of_another_kind_are_not_known(saved, wrong):
    rewritten(saved / MODELS, parameters=wrong, layers=wrong)
    opened, _ = load_history(saved)
    assert opened.model_facts["a"].parameters is None and recommend("x", opened, by="meta", rank=1).rows


def test_a_proxy_with_a_revision_that_cannot_be_one_is_not_known(saved):
    rewritten(saved / TASKS, proxy_revision=MARKUP)
    assert load_history(saved)[0].task_vectors == {}


def rewritten(path, **columns):
    """Give every row of a table other values."""
    import pyarrow as pa

    rows = [{**row, **columns} for row in pq.read_table(path).to_pylist()]
    pq.write_table(pa.Table.from_pylist(rows), path)

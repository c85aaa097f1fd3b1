import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from safetensors.numpy import load_file, save_file

from hubscore.errors import StorageError
from hubscore.recommend import history_file
from hubscore.recommend.fitted import fit_history
from hubscore.recommend.history import History, ModelFacts, TaskFacts, TaskVector
from hubscore.recommend.history_file import MODELS, NUMBERS, TASKS, load_history, save_history


@pytest.fixture
def history(rng):
    values = rng.uniform(size=(5, 4))
    values[1, 2] = np.nan
    return replace(
        History.of([f"lab/m{i}" for i in range(5)], ["birds", "cars", "pets", "boats"], values),
        model_facts={"lab/m0": ModelFacts("abc", 10, 5, "vit", "mit")},
        task_facts={"cars": TaskFacts("cars", "def", 7, 100)},
        task_vectors={"pets": TaskVector("openai/clip", "123", rng.normal(size=6))},
        architecture_vectors={"lab/m3": rng.normal(size=3).astype(np.float32)},
        notes=("one cell has two values",),
    )


@pytest.fixture
def saved(history, tmp_path):
    save_history(history, tmp_path / "past", fit_history(history, rank=2, interval=False).space)
    return tmp_path / "past"


def test_it_comes_back_as_it_was(history, saved):
    opened, space = load_history(saved)
    assert np.array_equal(opened.values, history.values, equal_nan=True) and np.array_equal(opened.kinds, history.kinds)
    assert (opened.models, opened.tasks, opened.notes) == (history.models, history.tasks, history.notes)
    assert opened.model_facts["lab/m0"] == history.model_facts["lab/m0"]
    assert opened.task_facts["cars"] == history.task_facts["cars"] and opened.task_facts["birds"].dataset == "birds"
    vector = opened.task_vectors["pets"]
    assert vector.proxy == "openai/clip" and np.array_equal(vector.vector, history.task_vectors["pets"].vector)
    assert np.array_equal(opened.architecture_vectors["lab/m3"], history.architecture_vectors["lab/m3"])
    assert space is not None and space.rank == 2 and space.converged


def test_it_is_small(tmp_path, rng):
    large = History.of(
        [f"lab/model-{i}" for i in range(1000)], [f"task-{i}" for i in range(100)], rng.uniform(size=(1000, 100))
    )
    save_history(large, tmp_path / "large")
    assert sum(path.stat().st_size for path in (tmp_path / "large").iterdir()) < 2_000_000


def rewrite(folder, change, **about):
    """Write the numbers again with something changed."""
    arrays = load_file(folder / NUMBERS)
    change(arrays)
    told = {"schema": 1, "score": "accuracy", "notes": []} | about
    save_file(arrays, folder / NUMBERS, metadata={"hubscore": json.dumps(told)})


@pytest.mark.parametrize(
    ("change", "about", "told"),
    [
        (lambda a: None, {"schema": 2}, "schema 2"),
        (lambda a: None, {"schema": None}, "no history"),
        (lambda a: a.update(values=a["values"] + 7), {}, "out of range, the first of lab/m0 on birds"),
        (lambda a: a["values"].__setitem__((0, 0), np.inf), {}, "out of range"),
        (lambda a: a["values"].__setitem__((0, 0), np.nan), {}, "which cells are known"),
        (lambda a: a.update(kinds=a["kinds"] * 4), {}, "which cells are known"),
        (lambda a: a.update(values=a["values"][:2].copy()), {}, "do not fit"),
        (lambda a: a.update(architecture_rows=np.array([99])), {}, "architecture vectors"),
    ],
)
def test_a_poisoned_file_is_refused_and_says_why(saved, change, about, told):
    rewrite(saved, change, **about)
    with pytest.raises(StorageError, match=told):
        load_history(saved)


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "a\x1b[2J", "x" * 5000, ""])
def test_names_with_markup_are_refused(saved, name):
    rows = pq.read_table(saved / MODELS).to_pylist()
    rows[0]["model"] = name
    pq.write_table(pa.Table.from_pylist(rows), saved / MODELS)
    with pytest.raises(StorageError, match="cannot be the name of a model") as raised:
        load_history(saved)
    assert len(str(raised.value)) < 400 and "\x1b" not in str(raised.value)


def test_a_million_models_are_refused_before_they_are_read(saved):
    pq.write_table(pa.table({"model": pa.array([f"m{i}" for i in range(1_000_000)])}), saved / MODELS)
    with pytest.raises(StorageError, match="1,000,000 rows"):
        load_history(saved)


@pytest.mark.parametrize("name", [NUMBERS, MODELS, TASKS])
def test_damaged_and_missing_files_are_named(saved, name):
    (saved / name).write_bytes(b"nothing of the kind")
    with pytest.raises(StorageError, match=name):
        load_history(saved)
    (saved / name).unlink()
    with pytest.raises(StorageError, match="no such file"):
        load_history(saved)


def test_too_many_cells_are_refused(saved, monkeypatch):
    monkeypatch.setattr(history_file, "MOST_CELLS", 10)
    with pytest.raises(StorageError, match="more than 10 cells"):
        load_history(saved)


def test_estimates_have_the_range_of_their_score(tmp_path):
    losses = History.of(["a"], ["b"], np.array([[-0.7]]), score="kernel_probe_loss")
    save_history(losses, tmp_path / "loss")
    assert load_history(tmp_path / "loss")[0].values.tolist() == [[-0.7]]
    save_history(replace(losses, score="fda"), tmp_path / "fda")
    with pytest.raises(StorageError, match="out of range"):
        load_history(tmp_path / "fda")

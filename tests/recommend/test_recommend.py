import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

import hubscore
from hubscore.errors import UsageError
from hubscore.recommend.fitted import fit_history
from hubscore.recommend.history import History, ModelFacts, TaskFacts
from hubscore.recommend.history_file import save_history
from hubscore.recommend.recommend import recommend


@pytest.fixture
def history(rng):
    quality = np.linspace(0.2, 0.8, 10)[:, None]
    values = np.clip(quality + 0.02 * rng.normal(size=(10, 6)), 0, 1)
    facts = {f"m{i}": ModelFacts(parameters=1000 * 2**i, license="mit" if i % 2 else "apache-2.0") for i in range(10)}
    tasks = ["birds", "cars", "pets", "boats", "trees", "shoes"]
    return replace(History.of(list(facts), tasks, values), model_facts=facts)


def test_better_models_come_first_with_the_baseline_beside(history):
    made = recommend("flowers", history, limit=3, rank=1, by="merged")
    assert made.models == ("m9", "m8", "m7") and [row.rank for row in made] == [1, 2, 3] and made.considered == 10
    best = made.rows[0]
    assert best.known and best.datasets == 6 and best.mean_history > 1
    assert best.interval[0] < best.score < best.interval[1]
    assert best.score == pytest.approx(0.5 * best.trans + 0.5 * best.meta, abs=1e-12)
    assert any("No proxy" in note for note in made.notes) and any("(measured)" in note for note in made.notes)


def test_what_is_known_of_the_data_set_itself_never_enters(history):
    values = history.values.copy()
    values[:, 0] = values[::-1, 0]  # birds: the worst is best
    for fitted in (False, True):
        changed = replace(history, values=values)
        name = "https://huggingface.co/datasets/you/Birds/tree/v2" if fitted else "you/Birds@v2"
        one = recommend(name, fit_history(history, rank=2) if fitted else history, rank=2)
        other = recommend("birds", fit_history(changed, rank=2) if fitted else changed, rank=2)
        assert [row.to_json() for row in one] == [row.to_json() for row in other]
        assert any("birds itself was left out" in note for note in one.notes)


def test_a_saved_space_is_not_used_for_a_data_set_that_it_saw(history, tmp_path):
    save_history(history, tmp_path / "past", fit_history(history, rank=2, interval=False).space)
    assert recommend("birds", tmp_path / "past", rank=2).rows == recommend("birds", history, rank=2).rows
    assert recommend("flowers", tmp_path / "past").rows == recommend("flowers", history, rank=2).rows


def test_models_without_history_stand_by_meta_alone_and_it_is_said(history):
    new = {"new/large": ModelFacts(parameters=1000 * 2**12), "new/small": ModelFacts(parameters=500)}
    made = recommend("flowers", history, rank=1, new_models=new, by="merged")
    row = next(row for row in made if row.model == "new/large")
    assert not row.known and row.trans is None and row.mean_history is None and row.interval is None
    assert row.score == row.meta and made.models[-1] == "new/small"
    assert any(note.startswith("2 of these models have no history: META alone") for note in made.notes)


def test_orders(history):
    upside_down = replace(history, model_facts={f"m{i}": ModelFacts(parameters=2 ** (20 - i)) for i in range(10)})
    for by in ("history", "trans", "meta", "regression"):
        assert recommend("flowers", upside_down, by=by, rank=1).models[0] == "m9"
    hidden = recommend("flowers", history, by="history", rank=1, new_models={"new": ModelFacts()})
    assert hidden.models[-1] == "new" and hidden.rows[-1].score is None


def test_filters(history):
    assert recommend("flowers", history, max_parameters=4000, rank=1).models == ("m2", "m1", "m0")
    assert set(recommend("flowers", history, licenses=["MIT"], rank=1).models) == {"m1", "m3", "m5", "m7", "m9"}
    with pytest.raises(UsageError, match="No model"):
        recommend("flowers", history, max_parameters=1, rank=1)


@pytest.mark.parametrize(
    ("option", "told"), [({"by": "luck"}, "luck"), ({"limit": 0}, "limit"), ({"alpha": 2}, "alpha")]
)
def test_bad_options(history, option, told):
    with pytest.raises(UsageError, match=told):
        recommend("flowers", history, **option)


def test_one_data_set_or_one_model():
    one = History.of(["a", "b"], ["birds"], np.array([[0.3], [0.5]]))
    made = recommend("cars", one)
    assert made.models == ("b", "a") and any("one other data set" in note for note in made.notes)
    with pytest.raises(UsageError, match="no other data set"):
        recommend("birds", one)
    alone = recommend("cars", History.of(["a"], ["birds", "pets"], np.array([[0.3, 0.5]])))
    assert alone.models == ("a",) and any("one model" in note for note in alone.notes)


def test_the_package_is_the_function_and_loads_no_torch(history, tmp_path):
    assert hubscore.recommend("flowers", history, rank=1).models[0] == "m9"
    save_history(history, tmp_path / "past", fit_history(history, rank=1, interval=False).space)
    lines = ["import sys", "from hubscore import recommend", f"recommend('x', {str(tmp_path / 'past')!r})"]
    code = "\n".join([*lines, "print('torch' in sys.modules)"])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_mean_of_the_history_is_the_default_and_said(history):
    made = recommend("flowers", history, rank=1)
    assert made.by == "history" and made.notes[0].startswith("Ordered by the plain mean of past standings")
    assert all(row.score == row.mean_history for row in made)
    best = made.rows[0]
    assert best.interval[0] < best.score < best.interval[1]
    assert recommend("flowers", history, by="trans", rank=1).notes[0].endswith("as asked for")


def test_the_same_rows_under_another_name_never_enter(history):
    facts = {"birds": TaskFacts("birds", fingerprints=("f1", "f0"))}
    marked = replace(history, task_facts=facts)
    made = recommend("flowers", marked, rank=1, fingerprints=["f0"])
    rest = history.select(tasks=range(1, 6))
    assert made.rows == recommend("flowers", rest, rank=1).rows
    assert any("birds was left out: it shares rows" in note for note in made.notes)
    other = recommend("flowers", marked, rank=1, fingerprints=["f2"])
    assert other.rows == recommend("flowers", history, rank=1).rows


def test_data_sets_of_another_modality_never_enter(history):
    facts = {task: TaskFacts(task, modality="audio") for task in ("birds", "cars")}
    kinds = history.kinds.copy()
    values = history.values.copy()
    kinds[0, 2:], values[0, 2:] = 0, np.nan  # m0 is known on sounds alone
    mixed = replace(history, task_facts=facts, values=values, kinds=kinds)
    made = recommend("flowers", mixed, rank=1, modality="image")
    assert made.rows == recommend("flowers", mixed.select(range(1, 10), range(2, 6)), rank=1).rows
    assert any("Left out: 2 data sets of audio, and 1 model of those" in note for note in made.notes)
    guessed = recommend("flowers", mixed, rank=1)
    assert guessed.rows == made.rows and any("Taken to be image" in note for note in guessed.notes)
    assert recommend("you/birds", mixed, rank=1).considered == 10  # sounds, as the history knows
    with pytest.raises(UsageError, match="no data set of the modality text"):
        recommend("flowers", mixed, modality="text")

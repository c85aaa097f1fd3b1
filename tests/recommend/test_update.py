import numpy as np
import pytest

from hubscore.errors import UsageError
from hubscore.recommend.fitted import fit_history
from hubscore.recommend.history import History
from hubscore.recommend.transfer_space import fit_transfer_space
from hubscore.recommend.update import update_history


@pytest.fixture
def history(rng):
    values = rng.uniform(0.4, 1, size=(12, 1)) * rng.uniform(0.4, 1, size=(1, 6))
    return History.of([f"m{i:02}" for i in range(12)], [f"t{j}" for j in range(6)], values)


def write(tmp_path, *lines):
    path = tmp_path / "new.csv"
    path.write_text("\n".join(("model,target,accuracy", *lines)), encoding="utf-8")
    return path


def test_new_rows_and_columns_stand_behind_the_old(history, tmp_path):
    space = fit_history(history, rank=1, interval=False).space
    lines = [f"m{i:02},a-new-one,{0.5 * history.values[i, 0]:.6f}" for i in range(12)]
    made, further = update_history(history, write(tmp_path, *lines, "a-model,t0,0.5"), space=space)
    assert made.models == (*history.models, "a-model") and made.tasks == (*history.tasks, "a-new-one")
    assert np.array_equal(made.values[:12, :6], history.values)
    assert further.models.shape == (13, 1) and further.tasks.shape == (7, 1)
    assert further.objective <= 1.02 * fit_transfer_space(made.values, rank=1).objective


def test_a_newer_value_counts_and_is_counted(history, tmp_path):
    made, space = update_history(history, write(tmp_path, "m00,t0,0.123"))
    assert made.values[0, 0] == 0.123 and space is None
    assert any("disagree" in note for note in made.notes)


def test_an_estimated_history_takes_accuracies_only_mixed(history, tmp_path):
    estimated = History.of(history.models, history.tasks, history.values, score="fda")
    with pytest.raises(UsageError, match="measured and estimated"):
        update_history(estimated, write(tmp_path, "m00,t0,0.123"))
    made, _ = update_history(estimated, write(tmp_path, "m00,t0,0.123"), mixed=True)
    assert made.mixed and made.score == "fda"

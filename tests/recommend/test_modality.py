from dataclasses import replace

import numpy as np
import pytest

from hubscore.errors import UsageError
from hubscore.recommend.history import History, TaskFacts
from hubscore.recommend.modality import of_modality


@pytest.fixture
def history():
    values = np.array([[0.1, 0.2, np.nan], [np.nan, np.nan, 0.3], [np.nan, np.nan, np.nan]])
    facts = {"barks": TaskFacts("barks", modality="audio")}
    return replace(History.of(["eye", "ear", "new"], ["birds", "cars", "barks"], values), task_facts=facts)


def test_models_of_others_go_and_unknown_ones_stay(history):
    made, notes = of_modality(history, "image")
    assert (made.models, made.tasks) == (("eye", "new"), ("birds", "cars"))
    assert notes == ["Left out: 1 data set of audio, and 1 model of those"]
    made, notes = of_modality(history, "audio")
    assert (made.models, made.tasks) == (("ear", "new"), ("barks",))


def test_what_was_guessed_is_said(history):
    made, notes = of_modality(history)
    assert made.tasks == ("birds", "cars") and "--modality" in notes[0]
    alone = history.select(tasks=[0, 1])
    assert of_modality(alone) == (alone, []) and of_modality(alone, "image")[0] is alone


def test_none_of_that_kind(history):
    with pytest.raises(UsageError, match="2 data sets of image"):
        of_modality(history, "text")

import pytest

from hubscore.candidates.finetuning_work import FineTuningWork


def test_training_costs_three_forward_passes_an_epoch_and_measuring_one() -> None:
    work = FineTuningWork(top=2, train=10, validation=5, epochs=2)
    assert work.seconds([0.1, 0.1, 0.1], per_model=1.0) == pytest.approx(2 * (65 * 0.1 + 1.0))


def test_no_more_models_than_there_are() -> None:
    work = FineTuningWork(top=9, train=10, validation=0, epochs=1)
    assert work.seconds([0.1], per_model=0.0) == pytest.approx(3.0) and work.seconds([], per_model=2.0) == 0.0

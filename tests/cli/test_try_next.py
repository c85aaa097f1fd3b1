from dataclasses import replace
from pathlib import Path

import pytest
from fakes import fake_pool, fake_probe

from hubscore.cli.try_next import try_next
from hubscore.ranking.build import build_ranking


@pytest.fixture(scope="module")
def ranking():
    probe = fake_probe(classes=5, each=20)
    return build_ranking(*fake_pool(probe), probe, scores=["kernel_probe", "kernel_probe_loss", "knn"])


def made_by(ranking, command):
    return replace(ranking, record=replace(ranking.record, command=command))


def test_the_first_are_fine_tuned_and_the_report_is_written_by_the_same_command(ranking):
    tune, page = try_next(made_by(ranking, "hubscore rank 'my photos' --models a b --seed 1"), [])
    assert tune.startswith("hubscore rank 'my photos' --models a b --seed 1 --finetune-top ")
    assert 2 <= int(tune.split()[-1]) <= 5
    assert page == "hubscore rank 'my photos' --models a b --seed 1 --out ranking.html"


def test_a_page_that_is_there_is_opened(ranking):
    saved = [Path("r.json"), Path("my page.html")]
    assert try_next(made_by(ranking, "hf-hubscore rank beans --finetune-top 2"), saved) == [
        "python -m webbrowser 'my page.html'"
    ]
    assert try_next(made_by(ranking, "hf-hubscore rank beans"), saved)[0].startswith("hf hubscore rank beans --fine")


@pytest.mark.parametrize(
    "command",
    [
        None,
        "pytest -q",
        "hubscore bench rank",
        "hubscore rank beans --token ***",
        "hubscore rank beans --models -",
        "hubscore rank beans --on l4x1",
    ],
)
def test_a_command_that_cannot_be_typed_again_is_not_advised(ranking, command):
    assert try_next(made_by(ranking, command), []) == []


def test_one_model_and_data_without_classes_are_not_fine_tuned(ranking):
    alone = made_by(replace(ranking, rows=ranking.rows[:1]), "hubscore rank beans")
    assert try_next(alone, []) == ["hubscore rank beans --out ranking.html"]
    plain = made_by(replace(ranking, probe=replace(ranking.probe, target="regression")), "hubscore rank beans")
    assert try_next(plain, []) == ["hubscore rank beans --out ranking.html"]

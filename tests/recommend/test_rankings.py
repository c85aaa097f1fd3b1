from dataclasses import replace

import pytest
from resultscene import made, ranking  # noqa: F401 - a fixture

from hubscore.errors import UsageError
from hubscore.recommend.rankings import cells_of
from hubscore.types import Measured, Row, ScoreDescription


@pytest.fixture
def birds(ranking):  # noqa: F811
    rows = (
        Row(
            1,
            "lab/a",
            "r1",
            "timm",
            parameters=5,
            layers=7,
            family="vit",
            scores={"fda": 0.9, "nce": -0.1},
            expected=0.8,
        ),
        Row(2, "lab/b", "r2", "timm", scores={"fda": 0.4, "kernel_probe_loss": 0.7}),
        Row(3, "lab/c", "r3", "timm", undefined={"fda": "one sample a class"}),
        Row(4, "lab/d", "r4", "timm", scores={"fda": 0.99}, declares_this_data=True),
    )
    scene = made(ranking, "2026-03-01T00:00:00Z", dataset="me/birds", classes=("x", "y", "z"), samples=50)
    return replace(scene, rows=rows, scores={})


def test_one_score_of_every_row(birds):
    cells, notes = cells_of([birds])
    assert [(cell.model, cell.value, cell.measured) for cell in cells] == [
        ("lab/a", 0.9, False),
        ("lab/b", 0.4, False),
        ("lab/c", None, False),
    ]
    assert cells[0].task == "me/birds" and cells[0].task_facts.classes == 3 and cells[0].date.startswith("2026-03")
    assert cells[0].model_facts.layers == 7 and cells[0].model_facts.family == "vit"
    assert notes == ["Left out: 1 values: the model declares that it was trained on the data"]


def test_sum_and_mean_whatever_the_ranking_held(birds):
    summed = replace(birds, scores={"fda": ScoreDescription(options={"aggregate": "sum"})})
    summed = replace(summed, rows=tuple(replace(row, scores={"fda": 45.0}) for row in birds.rows[:1]))
    assert cells_of([summed])[0][0].value == pytest.approx(0.9)
    assert cells_of([summed], total=True)[0][0].value == pytest.approx(45)
    assert cells_of([birds], total=True)[0][0].value == pytest.approx(45)
    with pytest.raises(UsageError, match="no sum"):
        cells_of([birds], "logme", total=True)


def test_other_scores(birds):
    assert [cell.value for cell in cells_of([birds], "expected")[0]] == [0.8, None, None]
    cells, notes = cells_of([birds], "kernel_probe_loss")
    assert cells[1].value == -0.7 and any("sign changed" in note for note in notes)
    short = replace(birds.rows[0], measured=Measured(0.6, 100, 2, 1.0, 300))
    cells, _ = cells_of([replace(birds, rows=(short,))], "measured")
    assert cells[0].value == 0.6 and cells[0].measured


def test_a_value_that_no_honest_run_has_is_left_out(birds):
    poisoned = replace(birds, rows=(replace(birds.rows[0], scores={"fda": 1e6}), birds.rows[1]))
    cells, notes = cells_of([poisoned])
    assert [cell.value for cell in cells] == [None, 0.4] and "outside the range of fda" in notes[0]


def test_rankings_without_the_score_are_named(birds):
    _, notes = cells_of([birds], "parc")
    assert any(note.startswith("1 ranking has no parc: me/birds") for note in notes)


def test_names_of_folders_lose_their_path(birds):
    local = replace(birds.rows[0], model="/home/me/secret/vit", revision="local-0123456789abcdef")
    assert cells_of([replace(birds, rows=(local,))])[0][0].model == "vit@local-01234567"

from dataclasses import replace

import pytest

from hubscore.report.headline import headlines, star
from hubscore.types import ExpectedAccuracies, FineTuning, Ranking, Row, RunRecord

EXPECTED = ExpectedAccuracies("if fine-tuned on about 300 images as in docs/truth.md", 0.9, 0.9, 4000)


def ranking(chances, chosen, **facts):
    rows = [
        Row(place, f"lab/{place}", "r", "timm", expected=0.8, p_best=chance, shortlist=place in chosen)
        for place, chance in enumerate(chances, 1)
    ]
    return Ranking(tuple(rows), (), record=RunRecord(expected=replace(EXPECTED, **facts)))


@pytest.mark.parametrize(
    ("chances", "chosen", "told"),
    [
        (
            [0.5, 0.3, 0.15, 0.05],
            {1, 2, 3},
            "Fine-tune these 3 (*): the best of 4 is among them with 90 %, by an estimate.",
        ),
        ([0.94, 0.06], {1}, "Fine-tune this one (*): it is the best of these 2 with 94 %, by an estimate."),
        ([0.5, 0.5], {1, 2}, "Fine-tune all 2 (*): no fewer hold the best of them with 90 %, by an estimate."),
        ([1.0], {1}, "There is one model to choose from (*)."),
    ],
)
def test_the_shortlist_is_one_sentence(chances, chosen, told):
    made = ranking(chances, chosen)
    assert headlines(made)[0] == told
    assert [bool(star(row)) for row in made] == [place in chosen for place in range(1, len(chances) + 1)]


def test_what_the_accuracies_are_of_is_said_with_all_that_widens_them():
    told = headlines(ranking([0.9, 0.1], {1}, notes=("50 rows, outside 200 to 800: the interval is wider",)))[1]
    assert told.startswith("Expected accuracies are estimates: if fine-tuned on about 300 images as in docs/truth.md")
    assert "with 90 % intervals" in told and told.endswith("50 rows, outside 200 to 800: the interval is wider.")


def test_what_the_models_were_fitted_on_is_said_of_other_data_too():
    made = ranking([0.9, 0.1], {1}, calibration={"modality": "image"})
    made = replace(made, probe=replace(made.probe, modality="text"))
    assert "if fine-tuned on about 300 images as in docs/truth.md" in headlines(made)[1]


def test_models_that_may_not_be_best_are_not_counted():
    assert "the best of 3 " in headlines(ranking([0.5, 0.4, None, 0.1], {1, 2}))[0]
    assert headlines(ranking([None, None], set())) == headlines(ranking([0.9, 0.1], {1}))[1:]


def test_by_consensus_the_rule_is_said_and_old_rankings_say_nothing():
    plain = Ranking((Row(1, "a/b", "r", "timm"),), ())
    assert headlines(plain) == []
    told = replace(plain, record=RunRecord(ordered_by="consensus", order_text="Ordered by consensus; no labels."))
    assert headlines(told) == ["Ordered by consensus; no labels."]


def test_a_short_fine_tuning_and_a_history_are_said():
    plain = ranking([0.9, 0.1], {1})
    tuned = replace(plain, record=replace(plain.record, finetuning=FineTuning(text="The first 2 were fine-tuned.")))
    assert headlines(tuned) == [*headlines(plain), "The first 2 were fine-tuned."]
    told = replace(
        plain.record, ordered_by="expected accuracy and history", order_text="Ordered by probes and history."
    )
    assert headlines(replace(plain, record=told)) == [*headlines(plain), "Ordered by probes and history."]

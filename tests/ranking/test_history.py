import doctest
import json
import math

import pytest

from hubscore.calibration.evidence import ProbeEvidence
from hubscore.calibration.transfer import Transfer
from hubscore.ranking import history
from hubscore.ranking.history import apply_history, elsewhere, history_of, standings_of, with_history
from hubscore.types import ProbeDescription, Ranking, Row


def told(text: str) -> list[Transfer]:
    """Lines of "model target accuracy"."""
    lines = (line.split() for line in text.strip().splitlines())
    return [Transfer(model, target, accuracy=float(value)) for model, target, value in lines]


BIRDS = "a birds 0.9\nb birds 0.5\nc birds 0.7"  # z of a: sqrt(1.5)
ROOT = math.sqrt(1.5)


def test_standings_are_within_a_data_set_and_averaged_over_them() -> None:
    """On birds a, c, b stand at r, 0, -r with r = sqrt(3/2); on cars a and b at -1 and 1."""
    found = history_of(told(BIRDS + "\na cars 0.1\nb cars 0.2"))
    assert found == pytest.approx({"a": (ROOT - 1) / 2, "b": (1 - ROOT) / 2, "c": 0.0})


def test_levels_of_data_sets_do_not_matter_and_runs_of_one_model_are_averaged_first() -> None:
    low = told("a birds 0.19\nb birds 0.15\nc birds 0.17")
    twice = told("a birds 0.95\na birds 0.85\nb birds 0.5\nc me/Birds 0.7")
    plain = pytest.approx(history_of(told(BIRDS)))
    assert history_of(low) == plain and history_of(twice) == plain


@pytest.mark.parametrize("text", ["a birds 0.9", "a birds 0.9\nb birds 0.9"])
def test_a_data_set_without_a_difference_says_nothing(text: str) -> None:
    assert history_of(told(text)) == {}


def test_a_checkpoint_on_its_own_source_is_left_out() -> None:
    own = Transfer("d", "birds", source="me/birds", accuracy=1.0)
    assert history_of([*told(BIRDS), own]) == pytest.approx({"a": ROOT, "b": -ROOT, "c": 0.0})


def test_standings_are_clipped_at_three() -> None:
    assert standings_of([0.0] * 20 + [1.0])[-1] == 3.0
    assert standings_of([0.5, math.nan, 0.7]).tolist()[0] == -1.0 and math.isnan(standings_of([0.5, math.nan])[0])


def test_the_same_data_set_never_enters_by_name_or_by_shared_rows() -> None:
    table = [*told("a you/birds@v1 0.9\na flock 0.8\na cars 0.7"), Transfer("a", "birds")]
    other, same = elsewhere(table, "me/Birds", shared={"flock"})
    assert [one.target for one in other] == ["cars"] and [one.target for one in same] == ["you/birds@v1", "flock"]


def test_probes_and_half_the_history_add_up() -> None:
    """Two models: z is 1 and -1 for both numbers, so F is 2 and -2 and its own standing 1 and -1."""
    pool = [ProbeEvidence(0.9, 0.2, False), ProbeEvidence(0.7, 0.6, False)]
    assert with_history(pool, [None, None]) == pytest.approx([2.5, -2.5])
    assert with_history(pool, [-1.0, 4.0]) == pytest.approx([1.5, 0.0])
    assert math.isnan(with_history([*pool, None], [None, None, 9.0])[2])


def test_where_accuracies_are_all_equal_the_loss_decides() -> None:
    pool = [ProbeEvidence(1.0, 0.2, False), ProbeEvidence(1.0, 0.6, False)]
    assert with_history(pool, [None, None]) == pytest.approx([1.5, -1.5])


def row(place: int, name: str, accuracy: float, loss: float, **known: object) -> Row:
    scores = {"kernel_probe": accuracy, "kernel_probe_loss": loss}
    about = {"tie_group": place, "scores": scores, "expected": accuracy, "expected_sd": 0.001, "model": f"org/{name}"}
    return Row(rank=place, revision="a" * 40, library="timm", **(about | known))


def ranking(*rows: Row) -> Ranking:
    return Ranking(rows=rows, skipped=(), probe=ProbeDescription(dataset="me/flowers"))


POOL = ranking(row(1, "a", 0.72, 0.48), row(2, "b", 0.7, 0.5), row(3, "c", 0.4, 0.9))
PAST = told("org/a birds 0.1\norg/b birds 0.9\norg/a flowers 0.66\norg/x flowers 0.5")


def test_history_is_shown_and_only_enters_the_order_when_asked() -> None:
    shown = apply_history(POOL, PAST, order=False)
    assert [one.history for one in shown] == [-1.0, 1.0, None]
    assert [one.model for one in shown] == [one.model for one in POOL]
    made = apply_history(POOL, PAST, order=True)
    assert [one.model[-1] for one in made] == ["b", "a", "c"] and [one.rank for one in made] == [1, 2, 3]
    assert made.record.ordered_by == "expected accuracy and history" and "2 of 3 have" in made.record.order_text
    assert Ranking.from_json(json.loads(json.dumps(made.to_json()))) == made


def test_an_accuracy_on_the_ranked_data_is_reported_and_enters_nothing() -> None:
    shown = apply_history(POOL, PAST, order=True)
    assert {one.model[-1]: one.reported for one in shown} == {"a": 0.66, "b": None, "c": None}
    assert apply_history(POOL, PAST[:2], order=True)["org/a"].history == shown["org/a"].history


def test_names_are_found_without_revision_and_at_the_end_of_a_path() -> None:
    made = ranking(row(1, "a@0123456", 0.8, 0.4), row(2, "b", 0.7, 0.5), row(3, "c", 0.6, 0.6, model="/zoo/org/b"))
    assert [one.history for one in apply_history(made, PAST, order=False)] == [-1.0, 1.0, 1.0]


def test_a_model_that_declares_the_data_does_not_come_first() -> None:
    made = ranking(row(1, "a", 0.8, 0.4), row(2, "b", 0.7, 0.5, declares_this_data=True))
    assert [one.model[-1] for one in apply_history(made, PAST, order=True)] == ["a", "b"]


@pytest.mark.parametrize(
    ("rows", "past", "said"),
    [
        (POOL.rows, told("org/x birds 0.5\norg/y birds 0.6"), "holds none of these models"),
        ([row(1, "a", 0.8, 0.4, scores={"logme": 1.0}), row(2, "b", 0.7, 0.5, scores={})], PAST, "no model has both"),
    ],
)
def test_a_history_that_cannot_enter_says_so_and_leaves_the_order(rows, past, said) -> None:
    before = ranking(*rows)
    made = apply_history(before, past, order=True)
    assert [one.model for one in made] == [one.model for one in before] and said in made.record.warnings[-1]
    assert made.record.ordered_by is None


def test_the_examples_run() -> None:
    assert doctest.testmod(history).failed == 0

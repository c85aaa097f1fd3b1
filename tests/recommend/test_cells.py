import pytest

from hubscore.errors import UsageError
from hubscore.recommend import cells as bounds
from hubscore.recommend.cells import Cell, assemble, harmless
from hubscore.recommend.history import ModelFacts


def test_the_newest_of_two_wins_and_is_counted():
    cells = [
        Cell("a", "birds", 0.7, True, "2026-02-01", ModelFacts("two")),
        Cell("a", "birds", 0.5, True, "2026-01-01", ModelFacts("one")),
        Cell("a", "cars", 0.1, True),
        Cell("a", "cars", 0.1, True),
    ]
    made = assemble(cells, score="accuracy")
    assert made.values.tolist() == [[0.7, 0.1]]
    assert made.notes[0].startswith("1 cell has two values that disagree")
    assert made.notes[1].startswith("1 model changed") and made.model_facts["a"].revision == "two"


def test_measured_and_estimated_are_mixed_only_by_name():
    cells = [Cell("a", "birds", 0.7, True, "2026-01-01"), Cell("a", "birds", 0.2, False, "2026-02-01")]
    cells.append(Cell("b", "birds", 0.3, False))
    with pytest.raises(UsageError, match="measured and estimated"):
        assemble(cells, score="fda")
    made = assemble(cells, score="fda", mixed=True)
    assert made.mixed and made.values.tolist() == [[0.7], [0.3]]  # the measured one stays, however old
    assert any("mixed" in note for note in made.notes)


def test_names_with_markup_are_left_out_and_named():
    bad = ["<img src=x onerror=alert(1)>", "a\x1b[2J", "b\u202e", "x" * 1000, ""]
    made = assemble(
        [Cell("a", "birds", 0.5, True), *(Cell(name, "birds", 0.5, True) for name in bad)], score="accuracy"
    )
    assert made.models == ("a",) and "5 values under names that cannot be names" in made.notes[0]
    assert all(harmless(part) or part.isprintable() for part in made.notes) and "\x1b" not in made.notes[0]


def test_a_history_is_bounded(monkeypatch):
    monkeypatch.setattr(bounds, "MOST_MODELS", 3)
    with pytest.raises(UsageError, match="more than 3 models"):
        assemble([Cell(f"m{i}", "birds", 0.5, True) for i in range(4)], score="accuracy")
    monkeypatch.setattr(bounds, "MOST_CELLS", 2)
    with pytest.raises(UsageError, match="more than 2 values"):
        assemble([Cell(f"m{i}", "birds", 0.5, True) for i in range(4)], score="accuracy")


def test_a_model_without_a_value_keeps_its_row():
    made = assemble([Cell("a", "birds", 0.5, False), Cell("b", "birds", None, False)], score="fda")
    assert made.models == ("a", "b") and made.known == 1


def test_nothing_is_no_history():
    with pytest.raises(UsageError, match="nothing to build"):
        assemble([Cell("a", "birds", None, True)], score="accuracy")


def test_what_is_missing_is_named_as_people_would():
    with pytest.raises(UsageError) as raised:
        assemble([Cell("a", "birds", None, True)], score="measured")
    assert raised.value.why == "no source holds any accuracy of a short fine-tuning (rank --finetune-top)"

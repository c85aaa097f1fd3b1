from hubscore.bench.input_sizes import other_sizes, ranked_size
from hubscore.types import Ranking, Row, RunRecord


def ranking(record: RunRecord) -> Ranking:
    rows = tuple(Row(rank=n + 1, model=f"org/{name}", revision="a" * 40, library="timm") for n, name in enumerate("ab"))
    return Ranking(rows=rows, skipped=(), record=record)


def test_what_the_network_saw_counts_before_what_was_asked_for() -> None:
    saw = ranking(RunRecord(extractions={"org/a": {"input_size": [96, 96]}}, input_size=224))
    assert [ranked_size(saw, f"org/{name}") for name in "ab"] == [96, 224]
    assert ranked_size(ranking(RunRecord(input_sizes={"org/b": 64}, input_size=224)), "org/b") == 64
    assert ranked_size(ranking(RunRecord()), "org/a") is None


def test_models_at_another_size_are_counted_and_named() -> None:
    made = ranking(RunRecord(extractions={f"org/{name}": {"input_size": [224, 224]} for name in "ab"}))
    words = other_sizes(made, {"org/a": 96, "org/b": 224, "org/unranked": 32})
    assert "1 of 2 models" in words and "org/a: ranked at 224, fine-tuned at 96" in words and "org/b" not in words
    assert other_sizes(made, {"org/b": 224}) == other_sizes(made, {}) == ""


def test_a_ranking_that_does_not_say_its_sizes_is_not_accused() -> None:
    assert other_sizes(ranking(RunRecord()), {"org/a": 96}) == ""

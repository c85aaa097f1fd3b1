from hubscore.types import ExpectedAccuracies, RankingOptions, Recipe, Reference, RunRecord, Uncertainty


def test_the_parts_of_a_record_come_back_typed():
    made = RunRecord(
        date="2026-11-20T12:00:00+00:00",
        options=RankingOptions(scores=("knn", "logme"), resample=("nleep",), label_texts=((4, 6),)),
        recipe=Recipe("words", {"neighbour": ["knn"]}, 0.8, {"leep": "too few"}),
        uncertainty=Uncertainty(20, samples_kept=96, samples=120, level=0.95, recomputed={"knn": 20}),
        warnings=("mind the gap",),
        reference=Reference("a/b", "c" * 40, head=True),
        ordered_by="expected accuracy",
        order_text="by what fine-tuning should give",
        expected=ExpectedAccuracies("if fine-tuned", 0.9, 0.9, 4000, ("wider",), {"schema": 1}, "words"),
    )
    data = made.to_json()
    assert data["options"]["scores"] == ["knn", "logme"] and data["options"]["label_texts"] == [[4, 6]]
    assert data["reference"] == {"model": "a/b", "revision": "c" * 40, "head": True}
    assert RunRecord.from_json(data) == made


def test_an_old_record_keeps_what_it_lacks():
    old = {"date": None, "seeds": {"ranking": 3}, "options": {"scores": "all", "layer": "pooled"}}
    record = RunRecord.from_json(old)
    assert record.to_json() == old and record.options.extra == {"layer": "pooled"}
    assert record.options.subsamples is None and not record.options.has("subsamples")
    assert record.uncertainty.subsamples == 0 and record.reference is None
    assert record.ordered_by is None and record.expected is None


def test_without_intervals_only_their_absence_is_written():
    assert Uncertainty(text="none").to_json() == {"subsamples": 0, "text": "none"}

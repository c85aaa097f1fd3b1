import pytest

from hubscore.publish.cards.frontmatter import CardRefused
from hubscore.publish.cards.ours import check_unmixed, is_ours, newer_run, samples_of, stronger

URL = "https://hub/datasets/bob/r/blob/main/runs/{}T12-00-00Z-761bf3ba.json"


def result_of(date="2026-11-20", samples=120, dataset="user/shapes", **more):
    metrics = [{"type": "hubscore_expected_accuracy", "value": "83 %", "args": {"samples": samples}}]
    source = {"name": "hubscore", "url": URL.format(date)}
    return {"dataset": {"type": dataset, "split": "train"}, "metrics": metrics, "source": source, **more}


def data_of(*results):
    return {"model-index": [{"name": "x", "results": list(results)}]}


def test_ours_is_what_names_us_as_its_source():
    assert is_ours(result_of()) and not is_ours(result_of(source=None)) and not is_ours("text")


@pytest.mark.parametrize(
    ("samples", "date", "wins"),
    [
        (400, "2026-01-01", True),
        (121, "2026-01-01", True),
        (120, "2026-11-21", True),
        (120, "2026-11-20", False),
        (120, "2026-01-01", False),
        (60, "2026-12-31", False),
    ],
)
def test_more_rows_outweigh_and_of_as_many_the_later_run(samples, date, wins):
    there = result_of(date, samples, "other/data")
    assert (stronger(data_of(there), result_of()) is there) == wins


def test_what_others_wrote_outweighs_nothing():
    assert stronger(data_of(result_of(samples=999, source={"name": "paper", "url": URL})), result_of()) is None


def test_a_newer_run_on_the_same_data_is_known_by_its_record():
    assert newer_run(data_of(result_of("2026-11-21")), result_of()) == "2026-11-21T12-00-00Z"
    assert newer_run(data_of(result_of("2026-11-21", dataset="d/e")), result_of()) is None


@pytest.mark.parametrize("metrics", [None, "text", 3, [1, {"args": 1}], [{"args": {"samples": "many"}}]])
def test_an_entry_that_does_not_say_rests_on_no_rows(metrics):
    assert samples_of(result_of(metrics=metrics)) == 0


def test_a_metric_is_ours_by_its_type_or_its_name_in_every_version():
    older = {"type": "knn", "name": "k nearest neighbours (transferability estimate, not the model's accuracy)"}
    check_unmixed([result_of(), result_of(metrics=[older])])
    for theirs in ({"type": "accuracy", "name": "Accuracy"}, {"type": "knn"}, "text"):
        with pytest.raises(CardRefused, match="a metric of somebody else's too"):
            check_unmixed([result_of(metrics=[older, theirs])])

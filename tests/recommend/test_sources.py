import numpy as np
import pytest
from resultscene import made, ranking  # noqa: F401 - a fixture

from hubscore.errors import UsageError
from hubscore.publish.results import write_results
from hubscore.recommend.fitted import fit_history
from hubscore.recommend.history_file import save_history
from hubscore.recommend.sources import FOLDER, build_history, open_history


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "accuracies.csv"
    path.write_text("model,target,accuracy\na,birds,0.5\nb,birds,0.7\na,cars,0.9\n", encoding="utf-8")
    return path


def test_tables_and_rankings(table, ranking, tmp_path):  # noqa: F811
    rankings = tmp_path / "rankings"
    rankings.mkdir()
    made(ranking, "2026-01-01T00:00:00Z", dataset="me/pets").save(str(rankings / "one.json"))
    made(ranking, "2026-01-02T00:00:00Z", dataset="me/boats").save(str(rankings / "two.json"))
    assert build_history(table).words.endswith("accuracies after fine-tuning (measured)")
    history = build_history(rankings, score="knn")
    assert history.tasks == ("me/boats", "me/pets") and history.score == "knn" and len(history.models) == 6
    with pytest.raises(UsageError, match="measured and estimated"):
        build_history(table, rankings, score="knn")
    assert build_history(table, rankings, score="knn", mixed=True).mixed


def test_a_results_data_set_and_the_history_in_it(ranking, tmp_path, table):  # noqa: F811
    scene = made(ranking, "2026-01-01T00:00:00Z", dataset="me/pets")
    write_results(tmp_path / "results", [scene])
    assert open_history(tmp_path / "results", score="knn")[0].tasks == ("me/pets",)
    history = build_history(table)
    save_history(history, tmp_path / "results" / FOLDER, fit_history(history, interval=False).space)
    opened, space = open_history(tmp_path / "results")
    assert opened.tasks == ("birds", "cars") and space is not None
    assert np.array_equal(opened.values, history.values, equal_nan=True)


@pytest.mark.parametrize("source", ["./no-such-place", "no.csv"])
def test_what_is_not_there_is_named(source):
    with pytest.raises(UsageError, match="no"):
        open_history(source)


def test_a_folder_without_rankings(tmp_path):
    with pytest.raises(UsageError, match="no history"):
        build_history(tmp_path)
    with pytest.raises(UsageError, match="No source"):
        build_history()

from dataclasses import replace

import pytest
from resultscene import made, ranking  # noqa: F401 - a fixture

from hubscore.bench.history_source import open_for_bench
from hubscore.errors import UsageError
from hubscore.recommend.history_file import save_history
from hubscore.recommend.sources import build_history
from hubscore.types import Measured


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "accuracies.csv"
    path.write_text("model,target,accuracy\na,birds,0.5\nb,birds,0.7\na,cars,0.9\n", encoding="utf-8")
    return path


def test_a_table_or_a_folder_alone(table, tmp_path):
    opened = open_for_bench(str(table))
    assert opened.history.tasks == ("birds", "cars") and opened.truth is None and opened.rankings == ()
    save_history(opened.history, tmp_path / "past")
    opened = open_for_bench(str(tmp_path / "past"), [table])
    assert opened.truth.words == build_history(table).words and opened.rankings == ()


def test_rankings_bring_their_scores_and_their_short_fine_tunings(ranking, tmp_path):  # noqa: F811
    folder = tmp_path / "rankings"
    folder.mkdir()
    run = made(ranking, "2026-01-01T00:00:00Z", dataset="me/pets")
    run.save(str(folder / "one.json"))
    opened = open_for_bench(str(folder), score="knn")
    assert len(opened.rankings) == 1 and opened.truth is None and opened.history.score == "knn"
    rows = tuple(replace(row, measured=Measured(0.6, 100, 2, 1.0, 300)) for row in run.rows)
    replace(run, rows=rows).save(str(folder / "one.json"))
    truth = open_for_bench(str(folder), score="knn").truth
    assert truth.values.max() == 0.6 and "measured" in truth.words


def test_what_is_not_there_is_named():
    with pytest.raises(UsageError, match="no history"):
        open_for_bench("./nowhere")

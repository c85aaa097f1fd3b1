import pandas as pd

from hubscore.report.flat_rows import records, score_names, to_pandas


def test_every_row_has_the_same_keys(ranking):
    rows = records(ranking)
    assert len({tuple(row) for row in rows}) == 1
    assert list(rows[0])[:4] == ["rank", "tie_group", "model", "revision"]
    assert rows[0]["model"] == "lab/best" and rows[0]["knn"] == ranking.best.scores["knn"]
    assert rows[0]["sd_knn"] == ranking.best.score_sd["knn"] and rows[0]["baseline_size"] == 300_000


def test_undefined_is_none_in_rows_and_missing_in_a_frame(ranking):
    poor = next(row for row in records(ranking) if row["model"] == "lab/poor")
    assert poor["leep"] is None and poor["emms"] is None
    frame = ranking.to_pandas().set_index("model")
    assert pd.isna(frame.loc["lab/poor", "leep"]) and frame["leep"].dtype == "float64"
    assert frame["emms"].isna().all()


def test_numbers_stay_numbers(ranking):
    frame = to_pandas(ranking)
    assert (
        frame["parameters"].dtype == "Int64"
        and frame["rank_low"].dtype == "Int64"
        and frame["consensus_low"].dtype == "float64"
    )
    assert len(frame) == 6 and frame["consensus"].is_monotonic_decreasing


def test_a_baseline_without_a_value_is_no_score(ranking):
    assert "heuristic" in ranking.best.undefined and "heuristic" not in score_names(ranking)
    assert "heuristic" not in records(ranking)[0] and records(ranking)[0]["baseline_heuristic"] is None


def test_a_data_set_has_the_rows_of_the_frame(ranking):
    made = ranking.to_datasets()
    assert made.column_names == list(ranking.to_pandas().columns) and made[0]["model"] == "lab/best"
    assert made["leep"][:] == [row.scores.get("leep") for row in ranking]

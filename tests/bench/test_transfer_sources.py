from pathlib import Path

import pytest
from transferdata import TRUTH, rankings

from hubscore.bench.transfer_sources import open_table
from hubscore.errors import UsageError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rankings").mkdir()
    for place, one in enumerate(rankings()):
        one.save(str(tmp_path / "rankings" / f"{place}.json"))
    (tmp_path / "truth.csv").write_text(TRUTH)
    return tmp_path


def test_a_folder_and_single_files_are_alike(folder: Path) -> None:
    whole = open_table([str(folder / "rankings")], [folder / "truth.csv"])
    files = [str(folder / "rankings" / f"{place}.json") for place in range(4)]
    assert open_table(files, [folder / "truth.csv"]) == whole
    assert whole.targets == ("birds", "cars") and len(whole.rows) == 14


def test_a_results_data_set_is_read(folder: Path) -> None:
    from hubscore.publish.results import write_results

    write_results(folder / "results", rankings())
    table = open_table([str(folder / "results")], [folder / "truth.csv"])
    assert set(table.targets) == {"birds", "cars"} and table.probes == 2


def test_a_csv_file_may_hold_both(folder: Path) -> None:
    path = folder / "scores.csv"
    path.write_text("model,target,accuracy,mine\na,birds,0.5,1\nb,birds,0.6,2\n")
    assert [row.accuracy for row in open_table([str(path)]).rows] == [0.5, 0.6]
    other = folder / "other.csv"
    other.write_text("model,target,accuracy\na,birds,0.9\n")
    assert [row.accuracy for row in open_table([str(path)], [other]).rows] == [0.9]


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        (["rankings"], "Accuracies are missing"),
        (["none.csv"], "has no accuracies"),
        (["facts.csv"], "has no scores"),
        (["facts.csv", "rankings"], "beside other scores"),
    ],
)
def test_what_is_missing_is_said(folder: Path, sources: list[str], words: str) -> None:
    (folder / "none.csv").write_text("model,target,mine\na,birds,1\n")
    (folder / "facts.csv").write_text("model,target,accuracy\na,birds,1\n")
    with pytest.raises(UsageError, match=words):
        open_table([str(folder / source) for source in sources])

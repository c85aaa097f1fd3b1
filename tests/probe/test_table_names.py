import pytest

from hubscore.probe.table_names import is_table


@pytest.mark.parametrize(
    "name", ["a.csv", "a.TSV", "a.txt", "a.jsonl", "a.json", "a.csv.gz", "a.parquet.zst", "a.csv.zip", "a.jsonl.xz"]
)
def test_tables(name):
    assert is_table(name)


@pytest.mark.parametrize(
    "name",
    [
        "a.parquet.part",
        "labels.csv.bak",
        "labels.csv~",
        "a.xlsx",
        "images.zip",
        "data.tar.gz",
        "a.png",
        "a.jpg.txt",
        "csv",
    ],
)
def test_other_files(name):
    assert not is_table(name)

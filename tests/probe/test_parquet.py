import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hubfixture import add_dataset
from probe.pictures import labelled, parquet_bytes, png, write

from hubscore.errors import DatasetError, HubError
from hubscore.modalities.image.modality import IMAGE
from hubscore.probe.files import HubFiles, LocalFiles
from hubscore.probe.parquet import ParquetRows
from hubscore.probe.source import locate_dataset

IMAGES = [png(seed) for seed in range(20)]
DATA = labelled(IMAGES, [seed % 2 for seed in range(20)], ["cat", "dog"])


def rng():
    return np.random.default_rng(0)


def rows(root, paths, features=None):
    return ParquetRows(LocalFiles(root), paths, features=features, rng=rng())


@pytest.fixture
def two_files(tmp_path):
    write(
        tmp_path,
        {
            "a.parquet": parquet_bytes(DATA.select(range(12)), 5),
            "b.parquet": parquet_bytes(DATA.select(range(12, 20)), 5),
        },
    )
    return rows(tmp_path, ["a.parquet", "b.parquet"])


def test_rows_are_numbered_over_all_files(two_files):
    assert two_files.population == 20 and two_files.numbers.tolist() == list(range(20))
    assert two_files.features == DATA.features
    assert two_files.column("label").to_pylist() == DATA["label"][:]


def test_images_come_in_the_order_asked_for(two_files):
    places = [19, 0, 11, 12, 4, 5]
    assert [image.data for image in two_files.items("image", places, IMAGE)] == [IMAGES[place] for place in places]


def test_only_the_labels_are_read_for_the_labels(tmp_path):
    large = labelled([png(seed, (60, 60)) for seed in range(60)], [0] * 60, ["cat"])
    write(tmp_path, {"a.parquet": parquet_bytes(large, 5)})
    found = rows(tmp_path, ["a.parquet"])
    footer = found.files.meter.total
    found.column("label")
    assert found.files.meter.total - footer < 3_000
    found.items("image", [7], IMAGE)
    assert 5 * 10_000 < found.files.meter.total - footer < 6 * 12_000  # one row group of five pictures


def test_a_nested_column(tmp_path):
    data = DATA.map(lambda row: {"info": {"kind": row["label"] * 2}})
    found = rows(write(tmp_path, {"a.parquet": parquet_bytes(data)}), ["a.parquet"])
    assert found.column("info.kind").to_pylist() == [seed % 2 * 2 for seed in range(20)]


def test_the_cards_features_win(tmp_path):
    features = labelled(IMAGES[:1], [0], ["katze", "hund"]).features
    assert rows(write(tmp_path, {"a.parquet": parquet_bytes(DATA)}), ["a.parquet"], features).features == features


def test_row_groups_are_drawn_where_the_budget_binds(two_files):
    everything = list(range(20))
    assert two_files.fitting("image", everything, 10**9, rng()) is None and two_files.notes == []
    allowed = two_files.fitting("image", everything, 4_000, rng())
    assert two_files.notes == ["rows come from 3 row groups drawn at random of 5, to read at most 4,000 bytes"]
    before = two_files.files.meter.total
    two_files.items("image", allowed.tolist(), IMAGE)
    assert 0 < two_files.files.meter.total - before <= 4_000
    assert len(two_files.fitting("image", everything, 10, rng())) == 0


def test_different_seeds_draw_different_row_groups(two_files):
    drawn = {
        tuple(two_files.fitting("image", range(20), 2_800, np.random.default_rng(seed)).tolist()) for seed in range(8)
    }
    assert len(drawn) > 2


def test_of_very_many_row_groups_only_some_labels_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr("hubscore.probe.parquet.MOST_GROUPS", 3)
    write(tmp_path, {"a.parquet": parquet_bytes(DATA, 2)})
    found = rows(tmp_path, ["a.parquet"])
    assert found.population == 20 and len(found.numbers) == 6
    assert found.notes == ["rows come from 3 row groups drawn at random of 10"]
    assert found.column("label").to_pylist() == [number % 2 for number in found.numbers]
    assert [image.data for image in found.items("image", [0, 5], IMAGE)] == [
        IMAGES[found.numbers[0]],
        IMAGES[found.numbers[5]],
    ]


def test_a_damaged_file_is_named(tmp_path):
    write(tmp_path, {"a.parquet": parquet_bytes(DATA)[:-50], "b.parquet": b"PAR1"})
    for name in ("a.parquet", "b.parquet"):
        with pytest.raises(DatasetError, match=f"File '{name}' cannot be read"):
            rows(tmp_path, [name])


def test_a_missing_column_is_named(tmp_path):
    write(tmp_path, {"a.parquet": parquet_bytes(DATA), "b.parquet": parquet_bytes(DATA.remove_columns("label"))})
    with pytest.raises(DatasetError, match=r"File 'b.parquet' cannot be read"):
        rows(tmp_path, ["a.parquet", "b.parquet"]).column("label")


@pytest.fixture
def remote(hub, monkeypatch):
    monkeypatch.setattr("hubscore.hub.retry.time.sleep", lambda seconds: None)
    add_dataset(hub.root, "parquet/cats", {"a.parquet": parquet_bytes(DATA, 4)})
    yield ParquetRows(
        HubFiles("parquet/cats", locate_dataset("parquet/cats").revision), ["a.parquet"], features=None, rng=rng()
    )
    hub.faults.clear()


def test_the_hub_gives_the_same_rows(remote):
    assert remote.column("label").to_pylist() == DATA["label"][:]
    assert [image.data for image in remote.items("image", [13, 2], IMAGE)] == [IMAGES[13], IMAGES[2]]


def test_a_hub_failure_goes_through_the_parquet_reader(hub, remote):
    hub.faults.cut(path="a.parquet", after=10, times=None)
    with pytest.raises(HubError, match="was cut off while downloading"):
        remote.items("image", [3], IMAGE)
    hub.faults.clear()
    hub.faults.add(path="a.parquet", status=500, times=2)
    assert remote.items("image", [3], IMAGE)[0].data == IMAGES[3]


def test_of_very_many_rows_some_are_drawn_and_memory_stays_small(tmp_path, monkeypatch):
    monkeypatch.setattr("hubscore.probe.parquet.MOST_ROWS", 1_000)
    rows = 300_000
    table = pa.table({"image": pa.array([png(0), png(1)] * (rows // 2)).dictionary_encode(), "label": range(rows)})
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=rows)
    found = ParquetRows(LocalFiles(tmp_path), ["a.parquet"], features=None, rng=np.random.default_rng(0))
    assert found.population == rows and 990 <= len(found.numbers) <= 1_000
    assert found.column("label").to_pylist() == found.numbers.tolist()
    assert [item.data for item in found.items("image", [5, 2], IMAGE)] == [png(found.numbers[at] % 2) for at in (5, 2)]
    assert "drawn at random of 300,000" in found.notes[0]


def test_a_footer_that_promises_more_rows_than_there_are(tmp_path):
    pq.write_table(pa.table({"label": range(10)}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"label": range(3)}), tmp_path / "b.parquet")
    rows = ParquetRows(LocalFiles(tmp_path), ["a.parquet"], features=None, rng=np.random.default_rng(0))
    (tmp_path / "b.parquet").replace(tmp_path / "a.parquet")
    with pytest.raises(DatasetError, match="cannot be read"):
        rows.column("label")

import pytest
from fakes import fake_pool, fake_probe
from probe.pictures import class_files, write

from hubscore.errors import DatasetError
from hubscore.probe.load import load_probe
from hubscore.probe.own_files import is_ranking, rankings_among
from hubscore.ranking.build import build_ranking
from hubscore.report.files import ENDINGS, save

SAVED = ("ranking.csv", "ranking.json", "ranking.parquet")


@pytest.fixture
def folder(tmp_path):
    probe = fake_probe()
    ranking = build_ranking(*fake_pool(probe), probe, scores=("leep",), subsamples=0)
    for ending in ENDINGS:
        save(ranking, tmp_path / f"ranking{ending}")
    return tmp_path


def test_what_a_ranking_wrote_is_told_from_data(folder):
    (folder / "a.csv").write_text("rank,model,price\n1,vw,3\n")
    (folder / "b.json").write_text('{"rows": [{"rank": 1, "name": "a"}]}')
    (folder / "c.parquet").write_bytes(b"none")
    names = sorted(path.name for path in folder.iterdir())
    assert tuple(rankings_among(folder, names)) == SAVED and not is_ranking(folder / "gone.csv")
    many = [f"{number}.csv" for number in range(40)]
    assert tuple(rankings_among(folder, [*names, *many])) == SAVED


def test_it_is_left_out_of_the_data_and_that_is_said(folder):
    write(folder, class_files({"cat": 2, "dog": 2}))
    probe = load_probe(folder)
    assert len(probe) == 4 and f"left out, rankings that hubscore wrote: {', '.join(SAVED)}" in probe.notes


def test_a_folder_of_texts_in_one_table_stays_what_it_was(folder):
    (folder / "data.csv").write_text("text,label\n" + "".join(f"some words {n},{'ab'[n % 2]}\n" for n in range(20)))
    assert set(load_probe(folder).classes) == {"a", "b"}


@pytest.mark.parametrize("name", SAVED)
def test_a_ranking_itself_is_refused(folder, name):
    with pytest.raises(DatasetError, match="is no data set: it is a ranking that hubscore wrote"):
        load_probe(folder / name)

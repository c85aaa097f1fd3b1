import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import Features, Image, Value
from probe.pictures import png, write

from hubscore.errors import DatasetError, UsageError
from hubscore.modalities.image.modality import IMAGE
from hubscore.modalities.registry import MODALITIES
from hubscore.probe.files import LocalFiles
from hubscore.probe.load import load_probe
from hubscore.probe.table import read_tables

PICTURES = {f"img/{number}.png": png(number) for number in range(4)}
CSV = "file,label\n" + "".join(f"img/{number}.png,{'cat' if number % 2 else 'dog'}\n" for number in range(4))


def read(tmp_path, files, *paths, **options):
    return read_tables(
        LocalFiles(write(tmp_path, {**PICTURES, **files})), paths or list(files), **options, modalities=[IMAGE]
    )


def test_a_csv_file_with_paths(tmp_path):
    rows = read(tmp_path, {"list.csv": CSV})
    assert isinstance(rows.features["file"], Image) and rows.population == 4
    assert rows.column("label").to_pylist() == ["dog", "cat", "dog", "cat"]
    assert [(image.data, image.name) for image in rows.items("file", [3, 0], IMAGE)] == [
        (png(3), "3.png"),
        (png(0), "0.png"),
    ]


@pytest.mark.parametrize(
    ("name", "text", "separator"),
    [
        ("list.tsv", CSV.replace(",", "\t"), None),
        ("list.csv", CSV.replace(",", ";"), ";"),
        ("list.csv", "\ufeff" + CSV, None),
    ],
)
def test_other_separators_and_a_byte_order_mark(tmp_path, name, text, separator):
    assert list(read(tmp_path, {name: text}, separator=separator).features) == ["file", "label"]


def test_json_lines(tmp_path):
    rows = read(tmp_path, {"list.jsonl": '{"file": "img/0.png", "label": 3}\n{"file": "img/1.png", "label": null}\n'})
    assert isinstance(rows.features["file"], Image) and rows.column("label").to_pylist() == [3, None]


def test_parquet_with_paths(tmp_path):
    write(tmp_path, PICTURES)
    pq.write_table(pa.table({"file": ["img/2.png"], "label": [1]}), tmp_path / "list.parquet")
    rows = read_tables(LocalFiles(tmp_path), ["list.parquet"], modalities=[IMAGE])
    assert rows.items("file", [0], IMAGE)[0].data == png(2)


def test_only_empty_fields_are_missing(tmp_path):
    rows = read(tmp_path, {"list.csv": "file,label,count\nimg/0.png,None,1\nimg/1.png,NA,\nimg/2.png,,3\n"})
    assert rows.column("label").to_pylist() == ["None", "NA", None]
    assert rows.column("count").to_pylist() == [1, None, 3] and rows.features["count"] == Value("int64")


def test_paths_are_relative_to_their_own_table(tmp_path):
    rows = read(tmp_path, {"img/a.csv": "file,y\n0.png,1\n", "b.csv": "file,y\nimg/1.png,2\n"})
    assert [image.data for image in rows.items("file", [0, 1], IMAGE)] == [png(0), png(1)]


def test_names_of_a_metadata_file(tmp_path):
    rows = read(tmp_path, {"img/metadata.csv": "file_name,mask_file_name,label\n0.png,1.png,a\n"})
    assert list(rows.features) == ["image", "mask", "label"]
    assert isinstance(rows.features["image"], Image) and isinstance(rows.features["mask"], Image)


def test_the_cards_features_are_used_for_other_columns(tmp_path):
    card = Features({"file": Value("string"), "label": Value("large_string"), "gone": Value("int8")})
    rows = read(tmp_path, {"list.csv": CSV}, features=card)
    assert rows.features == {"file": Image(), "label": Value("large_string")}


def test_images_that_are_nowhere(tmp_path):
    with pytest.raises(DatasetError) as error:
        read(tmp_path, {"list.csv": "file,label\nother/0.png,cat\n"})
    assert str(error.value).startswith(
        "The images of the table were not found: column 'file' names 'other/0.png', and there is no such file\n"
        "Try: check the paths: absolute ones as they are"
    )


def test_a_missing_image_among_others_is_a_fault(tmp_path):
    rows = read(tmp_path, {"list.csv": CSV + "img/9.png,cat\n"})
    assert rows.items("file", [4], IMAGE)[0].fault == "file not found"


@pytest.mark.parametrize(
    ("name", "content"), [("a.csv", b""), ("a.csv", b"a\n\xff\xfe\n"), ("a.jsonl", b"{"), ("a.parquet", b"PAR1")]
)
def test_a_damaged_table_is_named(tmp_path, name, content):
    with pytest.raises(DatasetError, match=f"File '{name}' cannot be read"):
        read(tmp_path, {name: content})


def test_the_first_files_that_fit_are_kept_where_the_budget_binds(tmp_path):
    rows = read(tmp_path, {"list.csv": CSV})
    size = len(png(0))
    rng = np.random.default_rng(0)
    assert rows.fitting("file", [2, 0, 1], 4 * size, rng) is None and rows.notes == []
    assert rows.fitting("file", [2, 0, 1], 2 * size + 1, rng).tolist() == [2, 0]
    assert rows.notes == [f"only 2 of 3 drawn rows were read, to read at most {2 * size + 1} bytes"]


def test_a_table_without_rows(tmp_path):
    with pytest.raises(DatasetError, match="has no rows"):
        read(tmp_path, {"list.csv": "file,label\n"})


def test_what_was_guessed_is_noted(tmp_path):
    rows = read(tmp_path, {"list.csv": "0.png;cat\n1.png;dog\n"})
    assert rows.population == 2 and rows.column("label").to_pylist() == ["cat", "dog"]
    assert rows.notes == [
        "list.csv: its fields are separated by semicolons",
        "list.csv: it has no header: its columns are called file, label",
        "column 'file' was matched with the images below the table: 0.png is img/0.png",
    ]


def test_tables_that_do_not_fit_together(tmp_path):
    with pytest.raises(DatasetError, match="do not fit together"):
        read(tmp_path, {"a.jsonl": '{"file": "img/0.png", "y": {"z": 1}}\n', "b.csv": "file,y\nimg/1.png,x\n"})


@pytest.mark.parametrize(("name", "text"), [("a.csv", "img/1.png,{}\n"), ("a.tsv", "img/1.png\t{}\n")])
def test_a_label_that_has_its_name_from_here_is_not_said_to_be_named_so(tmp_path, name, text):
    table = "".join(text.format(label) for label in ("cat", "dog") * 4)
    probe = load_probe(write(tmp_path, {name: table, "img/1.png": png(1)}) / name)
    assert probe.label_source == "the column beside the files in a table without a header, 2 classes"
    assert len(probe) == 8


def test_a_table_without_header_says_so_where_nothing_tells_the_label(tmp_path):
    table = "".join(f"img/1.png,{number},{number % 2}\n" for number in range(8))
    with pytest.raises(UsageError, match=r"a.csv has no header; the columns beside 'file' are column_2"):
        load_probe(write(tmp_path, {"a.csv": table, "img/1.png": png(1)}) / "a.csv")


def test_numbers_of_images_that_a_gap_made_floats(tmp_path):
    table = "image_id,kind\n" + "".join(f"{number}.0,{'ab'[number % 2]}\n" for number in range(4)) + ",b\n"
    files = {f"pics/{number}.png": png(number) for number in range(4)}
    probe = load_probe(write(tmp_path, {"t.csv": table, **files}) / "t.csv")
    assert probe.classes == ("a", "b") and len(probe) == 4


def test_tables_with_other_columns(tmp_path):
    write(
        tmp_path,
        {"a.csv": "id,text,label\n1,one two,x\n", "b.csv": "id,name,age\n1,Bo,3\n", "c.csv": "id,text\n2,three\n"},
    )
    with pytest.raises(DatasetError, match=r"The tables a\.csv and b\.csv have different columns") as error:
        read_tables(LocalFiles(tmp_path), ["a.csv", "b.csv"], modalities=tuple(MODALITIES))
    assert error.value.fix.startswith("join them into one table, or name the one to read: hubscore rank ")
    rows = read_tables(LocalFiles(tmp_path), ["a.csv", "c.csv"], modalities=tuple(MODALITIES))
    assert "the tables have different columns" in rows.notes[0]
    with pytest.raises(DatasetError, match=r"a\.csv and b\.csv"):
        read_tables(LocalFiles(tmp_path), ["a.csv", "c.csv", "b.csv"], modalities=tuple(MODALITIES))

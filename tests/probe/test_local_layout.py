import json
import shlex

import pytest
from hubfixture import add_dataset
from probe.pictures import png, write, zipped

from hubscore.errors import DatasetError, UsageError
from hubscore.modalities.image.modality import IMAGE
from hubscore.probe.load import load_probe
from hubscore.probe.local_layout import READ_AS, format_named, read_local_layout

PNG = [png(number, (4, 4)) for number in range(40)]


def read(paths, read_as=None, members=()):
    return read_local_layout(sorted(paths), sorted(members), [IMAGE], read_as)


def images(*folders, count=3):
    return [f"{folder}/{number}.png".lstrip("/") for folder in folders for number in range(count)]


def folder(root, paths, more=None):
    return write(root / "set", dict(zip(paths, PNG, strict=False)) | (more or {}))


@pytest.mark.parametrize("endings", [[".xml"], [".json"], [".txt"], [".csv"], [".csv", ".json", ".txt"]])
def test_files_beside_images_do_not_hide_them(endings):
    paths = images("cat", "dog")
    beside = [path.replace(".png", ending) for path in paths for ending in endings]
    found = read([*paths, *beside])
    assert found.format == "imagefolder" and found.splits == {"train": sorted(paths)}
    assert found.notes == ["files that are no images were left out: " + ", ".join(f"6 {ending}" for ending in endings)]


def test_notes_at_the_root_do_not_hide_images():
    found = read([*images("cat", "dog", "owl"), *(f"note{number}.txt" for number in range(10))])
    assert found.format == "imagefolder" and len(found.classes) == 9


@pytest.mark.parametrize(
    ("paths", "read_as", "form"),
    [
        (["data/a.parquet", "data/b.parquet", "logo.png"], None, "parquet"),
        (["train.csv", "test.csv", "logo.png"], None, "csv"),
        (["a.csv", "b.json", "cat/1.png", "dog/1.png"], None, "imagefolder"),
        (["a.csv", "cat/1.png", "dog/1.png"], "csv", "csv"),
        (["a.parquet", "b.parquet", "cat/1.png"], "folder", "imagefolder"),
        (["a.json", "cat/1.png"], "json", "json"),
    ],
)
def test_what_wins_and_what_is_forced(paths, read_as, form):
    assert read(paths, read_as).format == form


def test_a_format_that_is_not_there():
    with pytest.raises(DatasetError, match=r"Nothing in the folder can be read as parquet: it holds 2 .png"):
        read(images("cat", count=2), "parquet")
    with pytest.raises(UsageError, match="There is no format 'pictures'"):
        format_named("pictures", IMAGE)
    assert all(format_named(name, IMAGE) for name in READ_AS) and read(["x.md"]) is None


def test_tables_in_no_split_are_named():
    found = read(["train.csv", "test.csv", "rest.csv"])
    assert sorted(found.splits) == ["test", "train"]
    assert found.notes == ["left out, in no split: 1 file (rest.csv)"]


def test_metadata_at_the_root_is_for_every_split(tmp_path):
    listed = "".join(f"{split}/{number}.png,{'ab'[number % 2]}\n" for split in ("train", "test") for number in range(4))
    root = folder(tmp_path, images("train", "test", count=4), {"metadata.csv": f"file_name,label\n{listed}"})
    for split in ("train", "test"):
        probe = load_probe(root, split=split)
        assert (probe.classes, len(probe), probe.population) == (("a", "b"), 4, 4)


@pytest.mark.parametrize("prefix", ["", "images/", "photos/"])
@pytest.mark.parametrize("name", ["metadata.jsonl", "labels.csv"])
def test_a_table_lists_what_a_zip_file_holds(tmp_path, prefix, name):
    lines = [(f"{prefix}{number}.png", "ab"[number % 2]) for number in range(6)]
    table = "file_name,label\n" + "".join(f"{file},{label}\n" for file, label in lines)
    if name.endswith("jsonl"):
        table = "".join(f'{{"file_name": "{file}", "label": "{label}"}}\n' for file, label in lines)
    packed = zipped({f"{number}.png": PNG[number] for number in range(6)})
    probe = load_probe(write(tmp_path, {name: table, "images.zip": packed}))
    assert probe.classes == ("a", "b") and len(probe) == 6


def test_a_table_by_another_name(tmp_path):
    table = "filename,label\n" + "".join(f"{number}.png,{'ab'[number % 2]}\n" for number in range(6))
    probe = load_probe(folder(tmp_path, images("pics", count=7), {"labels.csv": table}))
    assert probe.classes == ("a", "b") and len(probe) == 6
    assert "labels come from labels.csv, which lists the images" in probe.notes
    assert "left out, not listed in labels.csv: 1 of the images (pics/6.png)" in probe.notes
    (tmp_path / "set/more.csv").write_text(table)
    with pytest.raises(UsageError, match=r"Several tables list the images: labels.csv, more.csv"):
        load_probe(tmp_path / "set")
    (tmp_path / "set/more.csv").rename(tmp_path / "set/train.csv")
    assert any("come from train.csv" in note for note in load_probe(tmp_path / "set").notes)


def test_metadata_without_a_label_leaves_the_class_folders(tmp_path):
    paths = images("cat", "dog")
    table = "file_name,photographer\n" + "".join(f"{path},{'ab'[at % 2]}\n" for at, path in enumerate(paths))
    probe = load_probe(folder(tmp_path, paths, {"metadata.csv": table}))
    assert probe.classes == ("cat", "dog") and any("no column named like a label" in note for note in probe.notes)


@pytest.mark.parametrize("files", ["", "  data_files: '**/*.png'\n"])
def test_a_card_may_drop_the_labels(tmp_path, files):
    card = f"---\nconfigs:\n- config_name: default\n{files}  drop_labels: true\n---\n"
    root = folder(tmp_path, images("cat", "dog"), {"README.md": card})
    with pytest.raises(DatasetError, match="its card says drop_labels: true"):
        load_probe(root)
    assert load_probe(root, labels_required=False).labels is None


def test_files_that_need_a_package(tmp_path):
    root = write(tmp_path, {f"cat/{number}.HEIC": "x" for number in range(20)})
    with pytest.raises(DatasetError, match=r"20 .HEIC files cannot be read here") as error:
        load_probe(root)
    assert error.value.fix == "pip install pillow-heif, or convert them"
    folder(tmp_path, images("cat", "dog"), {"cat/9.heic": "x"})
    assert any("1 .heic file cannot be read here" in note for note in load_probe(tmp_path / "set").notes)


def test_a_hub_set_keeps_what_load_dataset_makes_of_it(hub):
    paths = images("beach", "forest", "train_station", count=4)
    add_dataset(hub.root, "local/places", dict(zip(paths, PNG, strict=False)))
    with pytest.raises(DatasetError, match="one class"):
        load_probe("local/places")
    assert load_probe("local/places", read_as="classes").classes == ("beach", "forest", "train_station")
    notes = load_probe("local/places", labels_required=False).notes
    assert any("by its folders there would be 3 classes (beach, forest, train_station)" in note for note in notes)


def test_a_folder_of_masks_is_left_out_and_named():
    found = read(images("images", "masks"))
    assert not found.classes and found.hints["train"].endswith("not sorted into folders, and masks was left out")
    assert found.notes == ["left out, named like masks of the images beside them: 3 images in masks/"]


@pytest.mark.parametrize(
    ("name", "text", "label"),
    [
        ("annotations.json", json.dumps([{"file": f"{n}.png", "species": "ab"[n % 2]} for n in range(4)]), "species"),
        ("list.txt", "0.png 0\n1.png 1\n2.png 0\n3.png 1\n", "label"),
    ],
)
def test_a_list_of_images_under_another_ending(tmp_path, name, text, label):
    root = write(tmp_path, {name: text, **{f"img/{number}.png": PNG[number] for number in range(4)}})
    probe = load_probe(root)
    assert probe.label_column == label and len(probe.classes) == 2
    assert f"labels come from {name}, which lists the images" in probe.notes


def test_a_card_that_drops_metadata_or_labels(tmp_path):
    card = "---\nconfigs:\n- config_name: default\n  {}: true\n---\n"
    table = "file_name,label\n" + "".join(f"{path},{path[-5]}\n" for path in images("cat", "dog"))
    root = folder(tmp_path, images("cat", "dog"), {"README.md": card.format("drop_metadata"), "metadata.csv": table})
    probe = load_probe(root)
    assert probe.classes == ("cat", "dog")
    assert "not read, as its card says drop_metadata: true: metadata.csv" in probe.notes
    write(root, {"README.md": card.format("drop_labels")})
    assert load_probe(root).classes == ("0", "1", "2")
    (root / "metadata.csv").unlink()
    with pytest.raises(DatasetError, match="drop_labels: true") as error:
        load_probe(root)
    assert error.value.fix == "rank --unlabeled, or take drop_labels out of README.md"


def test_one_of_several_tables_is_named_where_the_advice_is_typed(tmp_path, monkeypatch):
    table = "filename,label\n" + "".join(f"pics/{number}.png,{'ab'[number % 2]}\n" for number in range(6))
    folder(tmp_path, images("pics", count=6), {"one list.csv": table, "two.csv": table})
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="Several tables") as error:
        load_probe("set")
    verb, typed = shlex.split(error.value.fix)[1:]
    assert verb == "rank" and load_probe(typed).classes == ("a", "b")


@pytest.mark.parametrize("inside", ["{}", "photos/{}", "photos/train/{}"])
def test_a_zip_file_is_the_folder_that_it_holds(tmp_path, inside):
    files = {inside.format(path): PNG[place] for place, path in enumerate(images("cat", "dog"))}
    write(tmp_path, {"photos.zip": zipped(files), "other.zip": b"damaged"})
    probe = load_probe(tmp_path / "photos.zip")
    assert probe.classes == ("cat", "dog") and len(probe) == 6


def test_a_table_in_a_zip_file(tmp_path):
    table = "filename,label\n" + "".join(f"{number}.png,{'ab'[number % 2]}\n" for number in range(6))
    write(tmp_path, {"a.zip": zipped({"labels.csv": table, **{f"{number}.png": PNG[number] for number in range(6)}})})
    assert load_probe(tmp_path / "a.zip").classes == ("a", "b")

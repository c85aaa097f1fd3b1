import datasets
import pytest
from probe.pictures import write, zipped

from hubscore.errors import DatasetError, UsageError
from hubscore.modalities.image.modality import IMAGE
from hubscore.probe.layout import read_layout
from hubscore.probe.source import locate_dataset

CONFIGS = """---
configs:
- config_name: small
  data_files: small/*.parquet
- config_name: large
  data_files:
  - split: train
    path: [large/a.parquet, "large/b*.parquet"]
  - split: other
    path: large/c.parquet
---
"""
TREES = {
    "class folders": ["cat/1.png", "cat/2.png", "dog/1.jpg", "notes.txt"],
    "split folders": ["train/cat/1.png", "train/dog/2.png", "test/cat/3.png", "README.md"],
    "validation by another name": ["images/training/cat/1.png", "images/val/cat/2.png"],
    "sharded parquet": [
        "data/train-00000-of-00002.parquet",
        "data/train-00001-of-00002.parquet",
        "data/extra-00000-of-00001.parquet",
    ],
    "splits in file names": ["train.csv", "my_test.csv", "valid-2.csv"],
    "metadata": ["metadata.csv", "a.png", "sub/b.png"],
    "hidden and special files": [
        "cat/1.png",
        "dog/1.png",
        ".cache/x.png",
        "__MACOSX/cat/1.png",
        "dog/.DS_Store",
        "dog/.1.png",
    ],
    "mostly parquet": ["a.parquet", "b.parquet", "c.csv"],
    "tab separated": ["x.tsv"],
    "json lines": ["x.jsonl"],
    "webdataset": ["train-0.tar", "train-1.tar"],
}


def layout(root, config=None, split=None, **more):
    place = locate_dataset(root)
    return read_layout(place, place.files(), modalities=[IMAGE], config=config, split=split, **more)


def tree(tmp_path, names, readme=None):
    return write(tmp_path / "set", {name: "" for name in names} | ({"README.md": readme} if readme else {}))


@pytest.mark.parametrize("names", TREES.values(), ids=TREES.keys())
def test_files_and_splits_are_those_of_datasets(tmp_path, names):
    root = tree(tmp_path, names)
    builder = datasets.load_dataset_builder(str(root), cache_dir=str(tmp_path / "cache"))
    expected = {
        str(split): [str(file).removeprefix(f"{root}/") for file in files]
        for split, files in builder.config.data_files.items()
    }
    found = layout(root)
    assert found.format == builder.name and found.files == expected and found.config is None


@pytest.mark.parametrize("config", ["small", "large"])
def test_configurations_are_those_of_datasets(tmp_path, config):
    root = tree(
        tmp_path,
        ["small/a.parquet", "large/a.parquet", "large/b1.parquet", "large/b2.parquet", "large/c.parquet"],
        CONFIGS,
    )
    builder = datasets.load_dataset_builder(str(root), config, cache_dir=str(tmp_path / "cache"))
    expected = {
        str(split): [str(file).removeprefix(f"{root}/") for file in files]
        for split, files in builder.config.data_files.items()
    }
    found = layout(root, config)
    assert found.files == expected and found.config == config == builder.config.name


def test_several_configurations_and_none_named(tmp_path):
    root = tree(tmp_path, ["small/a.parquet", "large/a.parquet"], CONFIGS)
    with pytest.raises(UsageError, match="has several configurations: small, large\nTry: --config small"):
        layout(root)
    with pytest.raises(UsageError, match="has no configuration 'tiny': it has small, large"):
        layout(root, "tiny")


def test_the_default_configuration_is_taken(tmp_path):
    readme = CONFIGS.replace("- config_name: large", "- config_name: large\n  default: true")
    assert layout(tree(tmp_path, ["small/a.parquet", "large/a.parquet"], readme)).config == "large"


def test_a_data_dir_narrows_the_files(tmp_path):
    readme = "---\nconfigs:\n- config_name: one\n  data_dir: part/\n---\n"
    found = layout(tree(tmp_path, ["part/train/a.csv", "part/test/b.csv", "elsewhere/c.csv"], readme))
    assert found.files == {"train": ["part/train/a.csv"], "test": ["part/test/b.csv"]} and found.config == "one"


def test_the_separator_of_the_card(tmp_path):
    readme = '---\nconfigs:\n- config_name: default\n  data_files: "*.csv"\n  sep: ";"\n---\n'
    found = layout(tree(tmp_path, ["a.csv"], readme))
    assert found.separator == ";" and found.config is None


def test_the_split_is_train_or_the_only_one(tmp_path):
    assert layout(tree(tmp_path / "a", ["train.csv", "test.csv"])).split == "train"
    assert layout(tree(tmp_path / "b", ["test.csv"])).split == "test"
    root = tree(tmp_path / "c", ["valid.csv", "test.csv"])
    with pytest.raises(
        UsageError,
        match="has several splits and none is 'train': its splits are validation, test\nTry: --split validation",
    ):
        layout(root)
    assert layout(root, split="test").split == "test"
    with pytest.raises(UsageError, match="has no split 'train': its splits are validation, test"):
        layout(root, split="train")


def test_splits_asked_for_without_classes_in_them(tmp_path):
    root = tree(tmp_path, [f"{name}/{number}.png" for name in ("cat", "dog") for number in range(3)])
    advice = r"none holds a folder per class\nTry: --as classes, .* --unlabeled --split cat"
    with pytest.raises(UsageError, match=advice):
        layout(root, read_as="splits")
    assert layout(root, read_as="splits", split="dog").split == "dog"


def test_a_single_file_is_one_split(tmp_path):
    root = tree(tmp_path, ["list.tsv"])
    found = layout(root / "list.tsv")
    assert (found.format, found.split, found.files) == ("csv", "train", {"train": ["list.tsv"]})
    by_column = layout(root / "list.tsv", split="test")  # a column may name it
    assert (by_column.split, by_column.files) == ("test", {"train": ["list.tsv"]})
    with pytest.raises(UsageError, match="has no configurations"):
        layout(root / "list.tsv", config="other")


def test_archives_are_known_as_such(tmp_path):
    found = layout(write(tmp_path, {f"{split}.zip": zipped({"cat/1.png": b""}) for split in ("train", "test")}))
    assert found.format == "archive" and found.files["train"] == ["train.zip/cat/1.png"]


@pytest.mark.parametrize("names", [[], ["README.md"], ["notes.xyz"]])
def test_an_empty_folder(tmp_path, names, monkeypatch):
    root = tree(tmp_path, names)
    root.mkdir(exist_ok=True)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DatasetError) as error:
        layout("set")
    assert str(error.value).startswith("Folder 'set' holds no images: no image, Parquet or CSV file was found in it")
    assert "hf://datasets/set" in error.value.fix


def test_other_media(tmp_path):
    with pytest.raises(
        DatasetError,
        match="holds no images: no image, Parquet or CSV file was found in it, only what datasets reads as audiofolder",
    ):
        layout(tree(tmp_path, ["a.mp3", "b.wav"]))

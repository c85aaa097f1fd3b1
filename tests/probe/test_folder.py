from pathlib import Path

import pytest
from datasets import ClassLabel, Image, load_dataset
from hubfixture import add_dataset
from probe.pictures import class_files, png, write

from hubscore.errors import DatasetError
from hubscore.modalities.image.modality import IMAGE
from hubscore.probe.folder import folder_rows
from hubscore.probe.layout import Layout, read_layout
from hubscore.probe.source import locate_dataset


def rows(root, split=None):
    place = locate_dataset(root)
    files = place.files()
    layout = read_layout(place, files, modalities=[IMAGE], split=split)
    return folder_rows(files, layout, [IMAGE])


@pytest.mark.parametrize(
    "files",
    [
        class_files({"dog": 3, "cat": 2}),
        {
            f"{split}/{name}": data
            for split in ("train", "test")
            for name, data in class_files({"b": 2, "a": 2}, start=len(split) * 10).items()
        },
        {"metadata.csv": "file_name,label\nb.png,x\nsub/a.png,y\n", "sub/a.png": png(0), "b.png": png(1)},
        {
            "train/metadata.jsonl": '{"file_name": "b.png", "label": 4}\n',
            "train/b.png": png(1),
            "test/metadata.jsonl": "",
            "test/c.png": png(2),
        },
    ],
    ids=["classes", "splits", "metadata.csv", "metadata.jsonl"],
)
def test_rows_are_those_of_datasets(tmp_path, files):
    root = write(tmp_path / "set", {name: content for name, content in files.items() if content})
    expected = load_dataset(str(root), split="train", cache_dir=str(tmp_path / "cache"))
    found = rows(root)
    label = found.column("label").to_pylist()
    assert found.population == len(expected) and label == expected["label"][:]
    for place, image in enumerate(found.items("image", range(len(expected)), IMAGE)):
        stored = expected.cast_column("image", Image(decode=False))[place]["image"]
        assert image.data == (stored["bytes"] or Path(stored["path"]).read_bytes())


def test_class_names_are_those_of_all_splits(tmp_path):
    files = {"train/b/1.png": png(0), "train/c/1.png": png(1), "test/a/1.png": png(2)}
    assert rows(write(tmp_path, files)).features["label"] == ClassLabel(names=["a", "b", "c"])


@pytest.mark.parametrize("files", [{"1.png": png(0), "2.png": png(1)}, {"train/1.png": png(0), "train/2.png": png(1)}])
def test_images_without_class_folders_have_no_labels(tmp_path, files):
    found = rows(write(tmp_path, files))
    assert list(found.features) == ["image"] and "are not sorted into folders" in found.hint


def test_one_class_folder_is_one_class(tmp_path):
    assert rows(write(tmp_path, class_files({"cat": 3}))).features["label"].names == ["cat"]


def test_folders_of_different_depth_are_no_classes_on_the_hub(hub):
    add_dataset(hub.root, "folder/depths", {"cat/1.png": png(0), "dog/big/2.png": png(1)})
    assert (
        rows("folder/depths").hint
        == "the images lie at different depths ('cat/1.png' and 'dog/big/2.png'), so their folders are not classes"
    )


def test_the_first_folder_is_the_class_however_deep(tmp_path):
    found = rows(write(tmp_path, {"cat/1.png": png(0), "dog/big/2.png": png(1)}))
    assert found.features["label"].names == ["cat", "dog"] and found.column("label").to_pylist() == [0, 1]


def test_a_split_without_images(tmp_path):
    write(tmp_path, {"train/a/1.png": png(0)})
    place = locate_dataset(tmp_path)
    with pytest.raises(DatasetError, match="Split 'test' holds no images"):
        splits = {"train": ["train/a/1.png"], "test": ["test/a.txt"]}
        folder_rows(place.files(), Layout("imagefolder", "test", None, splits), [IMAGE])

import io
import tarfile

import pytest
from probe.pictures import png, write

from hubscore.errors import DatasetError
from hubscore.modalities.image.modality import IMAGE
from hubscore.probe.files import LocalFiles
from hubscore.probe.load import load_probe
from hubscore.probe.tars import tar_rows


def tar(files):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


IMAGES = {f"{number}.{('png', 'jpg')[number % 2]}": png(number) for number in range(6)}


def rows(tmp_path, files):
    return tar_rows(LocalFiles(write(tmp_path, {"a.tar": tar(files)})), ["a.tar"], [IMAGE])


@pytest.mark.parametrize(("ending", "form"), [("cls", "{}"), ("json", '{{"label": {}}}')])
def test_several_kinds_of_images(tmp_path, ending, form):
    sides = {f"{number}.{ending}": form.format(number % 3).encode() for number in range(6)}
    found = rows(tmp_path, {**IMAGES, **sides})
    assert found.column("label").to_pylist() == [0, 1, 2, 0, 1, 2]
    assert [item.data for item in found.items("image", [4, 1], IMAGE)] == [png(4), png(1)]
    assert found.notes == ["the images of the TAR files are .jpg, .png, one per key"]
    assert load_probe(tmp_path).classes == ("0", "1", "2")


def test_class_folders(tmp_path):
    found = rows(tmp_path, {f"{name}/{number}.png": png(number) for number in range(3) for name in ("dog", "cat")})
    assert found.features["label"].names == ["cat", "dog"] and found.column("label").to_pylist() == [1, 0] * 3
    assert load_probe(tmp_path).classes == ("cat", "dog")


@pytest.mark.parametrize("form", ["{}/{}.png", "train/{}/{}.png", "{}/2023/{}.png", "./pets/{}/{}.png"])
def test_the_class_is_the_first_folder(tmp_path, form):
    files = {form.format(name, number): png(number) for number in range(3) for name in ("dog", "cat")}
    found = rows(tmp_path, files)
    assert found.features["label"].names == ["cat", "dog"] and found.column("label").to_pylist() == [1, 0] * 3


@pytest.mark.parametrize(
    "files",
    [
        {"1.png": b"x", "1.cls": b"0", "2.png": b"x", "2.cls": b"1"},
        {"1.left.png": b"x", "1.right.jpg": b"x"},
        {"a/1.png": b"x", "a/2.png": b"x"},
        {"1.txt": b"x"},
    ],
)
def test_what_datasets_reads_is_left_to_it(tmp_path, files):
    assert rows(tmp_path, files) is None


def test_a_half_tar_file(tmp_path):
    write(tmp_path, {"a.tar": tar(IMAGES)[:700]})
    with pytest.raises(DatasetError, match="cannot be read"):
        tar_rows(LocalFiles(tmp_path), ["a.tar"], [IMAGE])

import io
import tarfile

import pytest
from probe.pictures import png, write

from hubscore.errors import UsageError
from hubscore.modalities.image.modality import IMAGE
from hubscore.probe.files import LocalFiles
from hubscore.probe.load import load_probe
from hubscore.probe.webdataset import tar_rows


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
    assert found.column("cls" if ending == "cls" else "label").to_pylist() == [0, 1, 2, 0, 1, 2]
    assert [item.data for item in found.items("image", [4, 1], IMAGE)] == [png(4), png(1)]
    assert found.notes == ["the images of the TAR files are .jpg, .png, one per key"]
    assert load_probe(tmp_path).classes == ("0", "1", "2")


def test_class_folders(tmp_path):
    found = rows(tmp_path, {f"{name}/{number}.png": png(number) for number in range(3) for name in ("dog", "cat")})
    assert found.features["label"].names == ["cat", "dog"] and found.column("label").to_pylist() == [1, 0] * 3
    assert load_probe(tmp_path).classes == ("cat", "dog")


CLASSES = {f"{number}.cls": str(number % 2).encode() for number in range(6)}


@pytest.mark.parametrize(
    ("endings", "chosen", "other"),
    [
        (["jpg", "seg.png"], "jpg", "seg.png (6)"),
        (["rgb.png", "depth.png"], "rgb.png", "depth.png (6)"),
        (["left.jpg", "right.jpg:half"], "left.jpg", "right.jpg (3)"),
        (["png", "Mask.png:half"], "png", "mask.png (3)"),
    ],
)
def test_the_image_that_every_key_has_and_that_is_no_mask(tmp_path, endings, chosen, other):
    names = [ending.partition(":") for ending in endings]
    images = {f"{n}.{name}": png(n) for n in range(6) for name, _, half in names if not half or n % 2}
    write(tmp_path, {"a.tar": tar({**images, **CLASSES})})
    probe = load_probe(tmp_path)
    assert (probe.input_column, probe.label_column, len(probe.indices)) == (chosen, "cls", 6)
    assert any(f"{other} holds images too" in note for note in probe.notes)


def test_several_images_of_a_key_are_asked_about_with_their_counts(tmp_path):
    images = {
        f"{n}.{side}.png": png(n) for n in range(6) for side in ("left", "right", "top") if side != "top" or n % 2
    }
    write(tmp_path, {"a.tar": tar({**images, **CLASSES})})
    with pytest.raises(UsageError, match=r"left.png \(6\), right.png \(6\), top.png \(3\)") as error:
        load_probe(tmp_path)
    assert error.value.fix == "--input-column left.png"
    assert load_probe(tmp_path, input_column="right.png").input_column == "right.png"
    write(tmp_path, {"a.tar": tar({**images, **{f"{n}.cls": b"01"[n // 3 : n // 3 + 1] for n in range(6)}})})
    probe = load_probe(tmp_path, input_column="top.png", labels_required=False)
    assert len(probe.indices) == 3 and "left out, without top.png: 3 keys of 6" in probe.notes


def test_names_with_dots_before_the_ending(tmp_path):
    found = rows(tmp_path, {f"{name}/im.v1.{n}.png": png(n) for n in range(6) for name in ("cat", "dog")})
    assert found.features["label"].names == ["cat", "dog"] and len(found.numbers) == 12


def test_splits_in_one_tar_file(tmp_path):
    files = {f"{split}/{name}/{n}.png": png(n) for split in ("train", "Test") for name in "ab" for n in range(3)}
    found = rows(tmp_path, files)
    assert found.paths("image") == [f"a.tar/train/{name}/{n}.png" for name in "ab" for n in range(3)]
    assert found.notes == ["left out, images in folders of other splits in the TAR files: Test/ (6)"]


@pytest.mark.parametrize("form", ["{}/{}.png", "train/{}/{}.png", "{}/2023/{}.png", "./pets/{}/{}.png"])
def test_the_class_is_the_first_folder(tmp_path, form):
    files = {form.format(name, number): png(number) for number in range(3) for name in ("dog", "cat")}
    found = rows(tmp_path, files)
    assert found.features["label"].names == ["cat", "dog"] and found.column("label").to_pylist() == [1, 0] * 3


@pytest.mark.parametrize(
    "files",
    [
        {"1.png": b"x", "1.cls": b"0", "2.png": b"x", "2.cls": b"1"},
        {"1.png": b"x", "1.json": b"{}"},
        {"a/1.png": b"x", "a/2.png": b"x"},
        {"1.txt": b"x"},
    ],
)
def test_what_datasets_reads_is_left_to_it(tmp_path, files):
    assert rows(tmp_path, files) is None


@pytest.mark.parametrize(
    "files",
    [
        {f"{c}/{n}.png": png(n) for c in "ab" for n in range(3)},
        {
            f"{n}.{end}": png(n) if end == "png" else b"01"[n % 2 : n % 2 + 1]
            for n in range(6)
            for end in ("png", "cls")
        },
    ],
)
def test_a_tar_file_is_a_data_set(tmp_path, files):
    probe = load_probe(write(tmp_path, {"a.tar": tar(files), "b.tar": b"damaged"}) / "a.tar")
    assert len(probe.classes) == 2 and len(probe) == 6

import base64

import pytest
from probe.pictures import png, write

from hubscore.modalities.image.modality import IMAGE
from hubscore.probe.files import LocalFiles
from hubscore.probe.listed import FileFinder, base64_modality, from_base64, is_url, shortened

TEXT = base64.b64encode(png(0)).decode()


@pytest.mark.parametrize(
    "text",
    [TEXT, TEXT.rstrip("="), f"data:image/png;base64,{TEXT}", TEXT.replace("+", "-"), f"{TEXT[:76]}\n{TEXT[76:]}"],
)
def test_base64_in_its_usual_spellings(text):
    assert from_base64(text) == png(0) and base64_modality([text, text], [IMAGE]) is IMAGE


@pytest.mark.parametrize("values", [[], ["x" * 60], ["img/a.png"], [TEXT, "a sentence of several words, with commas"]])
def test_what_is_no_base64_of_images(values):
    assert base64_modality(values, [IMAGE]) is None


@pytest.mark.parametrize(
    "text", ["http://host/a", "s3://bucket/a.png", "gs://b/a", "hf://datasets/a/b", "//host.org/a"]
)
def test_urls(text):
    assert is_url(text)


@pytest.mark.parametrize("text", ["a.png", "C:/a.png", "/data/a.png", "a: b", "http", None, 3, "file:///data/a.png"])
def test_what_is_no_url(text):
    assert not is_url(text)


def test_long_values_are_shortened():
    assert shortened("x" * 50_000) == f"{'x' * 80}... (50,000 characters)" and shortened("x") == "x"


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("7", "images/7.png"),
        (7, "images/7.png"),
        ("0001", "images/0001.jpg"),
        ("train/5", "images/train/5.png"),
        ("images\\train\\5.png", "images/train/5.png"),
        ("/content/drive/images/7.png", "images/7.png"),
        ("C:\\Users\\me\\images\\7.png", "images/7.png"),
        ("5", None),
        ("other/7.png", None),
        ("8", None),
        ("", None),
        (None, None),
    ],
)
def test_files_are_found_by_the_end_of_their_paths(tmp_path, value, path):
    names = ["images/7.png", "images/0001.jpg", "images/train/5.png", "images/test/5.png", "images/8.txt", ".x/8.png"]
    files = LocalFiles(write(tmp_path, dict.fromkeys(names, b"x")))
    assert FileFinder(files, "list.csv", IMAGE).find(value) == path


@pytest.mark.parametrize("value", ["images/7.JPG", "7.PNG", 7, "0007.png", "/home/me/images/7.webp"])
def test_names_that_differ_in_how_they_are_written(tmp_path, value):
    finder = FileFinder(
        LocalFiles(write(tmp_path, {"images/7.png": b"x", "images/b\u00e4r 8.png": b"x"})), "a.csv", IMAGE
    )
    assert finder.find(value, loosely=True) == "images/7.png" and finder.find("6.png", loosely=True) is None
    assert finder.find("ba\u0308r%208", loosely=True) == "images/b\u00e4r 8.png"

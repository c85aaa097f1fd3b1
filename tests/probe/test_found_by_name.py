import pytest
from probe.pictures import write

from hubscore.probe.files import LocalFiles
from hubscore.probe.found_by_name import FoundByName

PATHS = ["images/a.png", "images/deep/b.png", "test/c.png", "train/c.png"]


@pytest.fixture
def files(tmp_path):
    return FoundByName(LocalFiles(write(tmp_path, dict.fromkeys(PATHS, "x"))), PATHS, ["train/c.png"])


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("images/a.png", "images/a.png"),
        ("a.png", "images/a.png"),
        ("other/a.png", "images/a.png"),
        ("deep/b.png", "images/deep/b.png"),
        ("c.png", "train/c.png"),
        ("test/c.png", "test/c.png"),
        ("gone.png", "gone.png"),
    ],
)
def test_a_file_is_found_by_the_end_of_its_path(files, name, path):
    assert files.join("", name) == path


def test_everything_else_is_the_files_own(files):
    assert files.paths() == PATHS and files.sizes(PATHS) == [1] * 4 and files.read("images/a.png") == b"x"
    assert files.local("images/a.png").exists() and files.open("images/a.png").read() == b"x"
    with pytest.raises(ValueError, match="outside"):
        files.join("", "../x.png")

import json

import pytest
import spaceserver  # noqa: F401 - makes the Space's modules importable
from about import FILE, About, Abouts, picture_path, read_about
from aboutdata import BIRDS
from boards import boards_of
from data import Folder, Results
from patience import Patience

RUN = "2026-11-20T12-00-00Z-1a2b3c4d"


def told(folder):
    results = Results(Folder(folder))
    boards = boards_of(results.snapshot())
    return {
        board.title: one for board, one in zip(boards, Abouts(results).of(boards, Patience()).values(), strict=True)
    }


def test_it_is_read_and_older_records_give_their_classes(example):
    found = told(example)
    birds = next(one for title, one in found.items() if title.startswith("user/birds") and one.domain)
    assert (birds.domain, birds.rows, birds.n_classes, birds.text) == ("animals", 11788, 3, BIRDS["text"])
    assert birds.guessed == "guessed: its name says 'bird'" and len(birds.pictures) == 6
    assert found["lab/minerals, train"] == About(classes=("a", "b", "c"))


def test_a_record_is_read_for_its_classes_once(example):
    class Watched(Folder):
        read_runs = 0

        def read(self, path, revision):
            self.read_runs += path.startswith("runs/")
            return super().read(path, revision)

    source = Watched(example)
    results = Results(source)
    boards, abouts = boards_of(results.snapshot()), Abouts(results)
    abouts.of(boards, Patience())
    results._files.clear()
    abouts.of(boards, Patience())
    assert source.read_runs == 2


@pytest.mark.parametrize("content", ["[1, null, []]", "{}", "{", '[{"run": 3, "domain": ["x"]}]'])
def test_a_damaged_file_is_no_file(example, tmp_path, content):
    import shutil

    shutil.copytree(example, tmp_path / "copy")
    (tmp_path / "copy" / FILE).write_text(content, encoding="utf-8")
    assert told(tmp_path / "copy")["lab/minerals, train"].classes == ("a", "b", "c")


def test_what_is_not_as_it_should_be_is_left_out():
    line = {
        "domain": ["x"],
        "domain_from": 3,
        "tags": "satellite",
        "classes": ["ok", None, {"x": 1}, 7, "y" * 999],
        "n_classes": True,
        "rows": -4,
        "text": "a\u202eb\n" + "c" * 9999,
        "thumbnails": [
            f"runs/{RUN}/1.jpg",
            f"runs/{RUN}/7.jpg",
            "runs/other/2.jpg",
            "../../etc/passwd",
            'runs/x/1.jpg" onerror="x',
            3,
        ],
    }
    found = read_about(json.loads(json.dumps(line)), RUN)
    assert found.classes == ("ok", "7", "y" * 60) and len(found.text) == 400 and "\u202e" not in found.text
    assert (found.domain, found.guessed, found.tags, found.n_classes, found.rows) == ("", "", (), None, None)
    assert found.pictures == (f"thumbnail/{RUN}/1.jpg",)


def test_no_other_file_is_a_picture():
    assert picture_path(RUN, "6") == f"runs/{RUN}/6.jpg"
    assert not any(picture_path(*wrong) for wrong in ((RUN, "7"), ("..", "1"), (RUN, "1.jpg/../x"), ("a/b", "1")))

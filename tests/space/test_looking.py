import json
import sys
from pathlib import Path

import numpy as np
import pytest
from asking import RefusedError
from boards import boards_of
from data import Folder, Results
from hubfixture import add_dataset
from looking import LARGEST, VARIABLE, Eye, nearest, open_eye
from spacedata import example_ranking

from hubscore.publish.results import write_results
from hubscore.publish.results.task_vectors import with_task_vector
from hubscore.recommend.history import TaskVector

PROXY, REVISION = "lab/proxy", "7" * 40
NAMES = ("user/red", "user/green", "user/blue", "user/white")


@pytest.fixture
def results(tmp_path):
    """Four data sets that the proxy saw, along an axis each."""
    rankings = []
    for place, name in enumerate(NAMES):
        seen = TaskVector(PROXY, REVISION, np.eye(4)[place])
        rankings.append(with_task_vector(example_ranking(name, 4, seed=place).to_json(), seen, 50))
    write_results(tmp_path / "results", rankings)
    made = Results(Folder(tmp_path / "results"), check_seconds=0)
    made.snapshot()
    return made


@pytest.fixture
def files(tmp_path):
    made = [tmp_path / f"upload{number}.png" for number in range(6)]
    for file in made:
        file.write_bytes(b"x")
    return [str(file) for file in made]


def name_of(results, key):
    return {board.key: board.dataset for board in boards_of(results.snapshot())}[key]


def test_the_data_sets_most_alike_are_found_and_images_are_deleted(results, files):
    seen = []

    def looked(source, proxy):
        seen.append((proxy, len(list(Path(source).iterdir()))))
        return [0.1, 0.9, 0.4, 0.0]

    found, told = Eye(results, PROXY, looked).find(files, "")
    assert [name_of(results, key) for key in found] == ["user/green", "user/blue"]
    assert seen == [(f"{PROXY}@{REVISION}", 6)] and "your 6 images" in told
    assert not any(Path(file).exists() for file in files)


def test_a_public_data_set_is_looked_at_by_name(results, hub):
    add_dataset(hub.root, "open/flags", {"a.txt": b"x"})
    asked = []
    eye = Eye(results, PROXY, lambda source, proxy: asked.append(source) or [0, 0, 1, 0])
    assert name_of(results, eye.find((), "open/flags")[0][0]) == "user/blue"
    assert asked == ["hf://datasets/open/flags"]
    for name in ("/etc", "../secret", "nobody/nothing", "views/x/y"):
        with pytest.raises(RefusedError):
            eye.find((), name)
    assert len(asked) == 1


@pytest.mark.parametrize(("count", "dataset"), [(0, ""), (4, ""), (6, "open/flags"), (51, "")])
def test_too_few_too_many_or_both_are_refused(results, tmp_path, count, dataset):
    dropped = [tmp_path / f"{number}.png" for number in range(count)]
    for file in dropped:
        file.write_bytes(b"x")
    with pytest.raises(RefusedError, match="5 to 50"):
        Eye(results, PROXY).find([str(file) for file in dropped], dataset)
    assert not any(file.exists() for file in dropped)


def test_a_huge_image_is_refused(results, files):
    with open(files[0], "r+b") as opened:
        opened.truncate(LARGEST + 1)
    with pytest.raises(RefusedError, match="20 MB"):
        Eye(results, PROXY).find(files, "")


def test_what_the_proxy_cannot_do_is_said(results, files, monkeypatch):
    def broken(source, proxy):
        raise ValueError("no image <b>here</b>")

    with pytest.raises(RefusedError, match="could not look at your 6 images: no image"):
        Eye(results, PROXY, broken).find(files, "")
    with pytest.raises(RefusedError, match="by other/proxy: choose"):
        Eye(results, "other/proxy").known()
    monkeypatch.setitem(sys.modules, "hubscore.run.proxy_pass", None)
    with pytest.raises(RefusedError, match="hubscore is not installed"):
        Eye(results, PROXY)._alike(Eye(results, PROXY).known(), "x", "x")


def test_vectors_that_are_none_do_not_count(results, tmp_path):
    file = tmp_path / "results/task_vectors.json"
    lines = json.loads(file.read_text())
    lines[0]["vector"], lines[1]["vector"], lines[2]["vector"] = [float("1e400")], [10**400], []
    file.write_text(json.dumps([*lines, 3, None]))
    with pytest.raises(RefusedError, match="fewer than 2"):
        Eye(results, PROXY).known()


def test_at_most_five_and_at_most_half_are_alike():
    known = {str(number): np.eye(12)[number] for number in range(12)}
    assert nearest(np.eye(12)[3], known)[0] == "3" and len(nearest(np.eye(12)[3], known)) == 5
    assert len(nearest(np.ones(12), dict(list(known.items())[:3]))) == 1


def test_it_is_off_unless_the_space_names_a_proxy(results):
    assert open_eye(results, {}) is None and open_eye(results, {VARIABLE: ""}) is None
    assert open_eye(results, {VARIABLE: PROXY}).proxy == PROXY

import spaceserver  # noqa: F401 - makes the Space's modules importable
from data import Folder, Results
from page import Pages
from pictures import Pictures
from spacedata import write_example


def test_pictures_of_runs_are_given_out_and_nothing_else(tmp_path):
    write_example(tmp_path)
    (run,) = {path.parent.name for path in tmp_path.glob("runs/*/*.jpg")}
    given = Pictures(Pages(Results(Folder(tmp_path), check_seconds=0)))
    assert given.get(run, "1") == (tmp_path / f"runs/{run}/1.jpg").read_bytes()
    assert not any(given.get(*wrong) for wrong in ((run, "7"), ("other", "1"), ("..", "1"), (run, "../../scores")))
    (tmp_path / f"runs/{run}/2.jpg").write_bytes(b"<script>")
    (tmp_path / f"runs/{run}/3.jpg").write_bytes(b"\xff\xd8\xff" + b"x" * 200_000)
    assert given.get(run, "2") == given.get(run, "3") == b""


def test_over_http(url, example):
    import urllib.error
    import urllib.request

    (run,) = {path.parent.name for path in example.glob("runs/*/*.jpg")}
    with urllib.request.urlopen(f"{url}thumbnail/{run}/1.jpg") as answer:
        assert answer.headers["content-type"] == "image/jpeg" and answer.read(3) == b"\xff\xd8\xff"
        assert answer.headers["x-content-type-options"] == "nosniff"
    try:
        urllib.request.urlopen(f"{url}thumbnail/{run}/9.jpg")
        raise AssertionError("there is no ninth")
    except urllib.error.HTTPError as error:
        assert error.code == 404

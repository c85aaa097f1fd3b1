import io
import os
from pathlib import Path

import pytest

from hubscore.cli.out_files import out_files
from hubscore.cli.output import Output
from hubscore.errors import UsageError
from hubscore.report.files import ENDINGS, check_path


@pytest.fixture
def output():
    return Output("human", stdout=io.StringIO(), stderr=io.StringIO())


def read(*named, stdout=True):
    return out_files(named, check_path, name="ranking", endings=ENDINGS, stdout=stdout)


def test_every_file_that_was_named_is_written(tmp_path, output):
    files = read(str(tmp_path / "a.json"), str(tmp_path / "b.html"))
    files.save(lambda path: path.write_text(path.suffix), output)
    assert (tmp_path / "a.json").read_text() == ".json" and (tmp_path / "b.html").read_text() == ".html"
    assert output._stderr.getvalue().count("Saved ") == 2 and not files.stdout


def test_a_folder_holds_every_form_and_is_made(tmp_path, output):
    files = read(f"{tmp_path}/new/")
    assert not (tmp_path / "new").exists()
    files.save(lambda path: path.write_text(""), output)
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == sorted(f"ranking{end}" for end in ENDINGS)
    assert read(str(tmp_path)).paths[0] == tmp_path / "ranking.json"


def test_a_dash_is_stdout_where_that_is_understood(tmp_path):
    assert read("-").stdout and not read("-").paths
    with pytest.raises(UsageError, match="the ending must be"):
        read("-", stdout=False)
    assert read() == read(*()) and not out_files(None, check_path, name="x", endings=ENDINGS).paths


@pytest.mark.parametrize(
    ("named", "words"),
    [
        (["r.pdf"], "Cannot save a ranking as 'r.pdf'"),
        (["no/r.json"], "its folder does not exist"),
        (["no/such/"], "the folder it would lie in does not exist"),
        (["file/"], "it is a file"),
        (["r.json", "./r.json"], "--out names r.json twice"),
        ([""], "--out names no file"),
    ],
)
def test_what_cannot_be_written_is_refused_beforehand(tmp_path, monkeypatch, named, words):
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("")
    with pytest.raises(UsageError, match=words):
        read(*named)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere: run the tests as another user")
def test_a_folder_that_is_not_writable_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(UsageError, match="is not writable"):
        read(str(tmp_path / "r.json"))


def test_results_are_not_written_all_over_the_data(tmp_path, monkeypatch):
    (tmp_path / "photos").mkdir()
    monkeypatch.chdir(tmp_path)
    for word, data in (("photos", "./photos"), ("photos/", "photos"), (".", "../" + tmp_path.name)):
        with pytest.raises(UsageError, match=r"is the folder of the data: .*\nTry: --out .*-ranking/") as caught:
            out_files([word], check_path, name="ranking", endings=ENDINGS, data=data)
        fix = caught.value.fix.removeprefix("--out ")
        assert out_files([fix], check_path, name="ranking", endings=ENDINGS, data=data).folders
    assert out_files(["photos/ranking.json"], check_path, name="ranking", endings=ENDINGS, data="photos").paths
    assert out_files(["photos/"], check_path, name="ranking", endings=ENDINGS, data="user/birds").paths

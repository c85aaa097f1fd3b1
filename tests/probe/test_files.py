import pytest
from hubfixture import add_dataset

from hubscore.errors import HubError
from hubscore.probe.files import HubFiles, LocalFiles, as_typed, read_all
from hubscore.probe.source import locate_dataset

CONTENT = bytes(range(256)) * 40


@pytest.fixture
def local(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.bin").write_bytes(CONTENT)
    (tmp_path / "b.bin").write_bytes(b"b")
    return LocalFiles(tmp_path)


@pytest.fixture
def remote(hub):
    add_dataset(hub.root, "files/cats", {"in/a.bin": CONTENT, "b.bin": b"b"})
    yield HubFiles("files/cats", locate_dataset("files/cats").revision)
    hub.faults.clear()


@pytest.fixture
def patient(monkeypatch):
    monkeypatch.setattr("hubscore.hub.retry.time.sleep", lambda seconds: None)


@pytest.fixture(params=["local", "remote"])
def files(request):
    return request.getfixturevalue(request.param)


def test_both_kinds_list_read_and_count_alike(files):
    assert files.paths() == ["b.bin", "in/a.bin"]
    assert files.sizes(["in/a.bin", "nothing", ""]) == [len(CONTENT), 0, 0]
    assert files.read("in/a.bin") == CONTENT and files.meter.total == len(CONTENT)
    with pytest.raises(FileNotFoundError):
        files.read("nothing")


def test_parts_are_read_without_the_rest(files):
    with files.open("in/a.bin") as file:
        file.seek(-100, 2)
        assert file.tell() == len(CONTENT) - 100
        assert file.read(10) == CONTENT[-100:-90] and file.read() == CONTENT[-90:] and file.read(5) == b""
        file.seek(3)
        assert file.seek(2, 1) == 5 and file.read(4) == CONTENT[5:9]
    assert files.meter.total == 104


def test_names_may_not_lead_out(files):
    assert files.join("in", "../b.bin") == "b.bin"
    for name in ("../../etc/passwd", "/etc/passwd", "file:///etc/passwd"):
        with pytest.raises(ValueError, match="lies outside the data set"):
            files.join("in", name)


def test_a_persons_own_table_may_name_files_anywhere(tmp_path, local):
    files = LocalFiles(tmp_path / "in", anywhere=True)
    assert files.read(files.join("", "../b.bin")) == files.read(files.join("", str(tmp_path / "b.bin"))) == b"b"


def test_no_name_holds_a_nul(tmp_path, files):
    for some in (files, LocalFiles(tmp_path, anywhere=True)):
        with pytest.raises(ValueError, match="no name of a file"):
            some.join("images", "a\0.png")


def test_links_are_followed_once(tmp_path, local):
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "other").symlink_to(tmp_path / "in", target_is_directory=True)
    (tmp_path / "c.bin").symlink_to(tmp_path / "b.bin")
    assert "c.bin" in local.paths() and len(local.paths()) == 3


def test_several_files_at_once_keep_their_order(files):
    first, missing, last = read_all(files, ["b.bin", "nothing", "in/a.bin"])
    assert first == b"b" and isinstance(missing, FileNotFoundError) and last == CONTENT


def test_a_cut_download_is_taken_up_again(hub, remote, patient):
    hub.faults.cut(path="a.bin", after=50, times=2)
    assert remote.read("in/a.bin") == CONTENT


def test_an_answer_that_is_too_short_is_asked_for_again(hub, remote, patient):
    remote.paths()
    hub.faults.add(path="a.bin", status=200, times=2)  # a whole answer, by its own length, of another body
    assert remote.read("in/a.bin") == CONTENT
    hub.faults.add(path="a.bin", status=200, times=1)
    with remote.open("in/a.bin") as file:
        file.seek(100)
        assert file.read(3000) == CONTENT[100:3100]


def test_a_download_that_is_always_cut(hub, remote, patient):
    hub.faults.cut(path="a.bin", after=50, times=None)
    with pytest.raises(HubError, match="'files/cats' was cut off while downloading"):
        remote.read("in/a.bin")
    with pytest.raises(HubError, match="was cut off"), remote.open("in/a.bin") as file:
        file.read(100)


@pytest.mark.parametrize(("status", "words"), [(403, "may not"), (429, "rate limit"), (500, "error 500")])
def test_what_the_hub_answers(hub, remote, patient, status, words):
    hub.faults.add(path="files/cats", status=status, times=None)
    with pytest.raises(HubError, match=words):
        remote.read("in/a.bin")
    with pytest.raises(HubError, match=words):
        remote.paths()


def test_what_is_in_the_hub_cache_is_not_downloaded_again(hub, remote):
    from huggingface_hub import hf_hub_download

    hf_hub_download("files/cats", "in/a.bin", repo_type="dataset", revision=remote.sha)
    before = len(hub.log)
    assert remote.read("in/a.bin") == CONTENT
    with remote.open("in/a.bin") as file:
        assert file.read(3) == CONTENT[:3]
    assert len(hub.log) == before


def test_a_path_as_it_is_typed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert as_typed(tmp_path / "my birds.csv") == "'my birds.csv'"

    def elsewhere(path):
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    monkeypatch.setattr("os.path.relpath", elsewhere)
    assert as_typed(tmp_path / "a.csv") == str(tmp_path / "a.csv")

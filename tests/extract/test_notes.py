import pytest

from hubscore.errors import ErrorCode
from hubscore.extract.notes import KnownKeys, Notes, Refused, clear_notes

WHO = {"revision": "1" * 40}


def test_a_refusal_is_found_again_until_it_is_forgotten(tmp_path):
    refused = Refused(tmp_path)
    refused.remember(WHO, "its process crashed", ErrorCode.PROCESS_DIED, 600.0)
    found = Refused(tmp_path).find(WHO, 1e9)
    assert found.code is ErrorCode.PROCESS_DIED and "its process crashed" in found.text and "--retry" in found.text
    assert refused.find({"revision": "2" * 40}, 600.0) is None
    refused.forget(WHO)
    assert refused.find(WHO, 600.0) is None


def test_what_was_too_slow_is_run_again_with_more_time(tmp_path):
    refused = Refused(tmp_path)
    refused.remember(WHO, "took longer than 10 min", ErrorCode.TIMED_OUT, 600.0)
    assert refused.find(WHO, 600.0) is not None and refused.find(WHO, 601.0) is None


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"{}", b'{"reason": 1}', b"\xff", b'{"code": "no", "reason": ""}']
)
def test_a_damaged_note_is_none(tmp_path, content):
    refused, known = Refused(tmp_path), KnownKeys(tmp_path)
    refused.remember(WHO, "crashed", ErrorCode.PROCESS_DIED, 1.0)
    known.remember(WHO, ("a", "b"))
    for path in tmp_path.rglob("*.json"):
        path.write_bytes(content)
    assert refused.find(WHO, 1.0) is None and known.find(WHO) is None


def test_keys_are_found_by_all_that_decides_them(tmp_path):
    known = KnownKeys(tmp_path)
    known.remember({**WHO, "size": 1}, ("a", "b"))
    assert known.find({"size": 1, **WHO}) == ("a", "b") and known.find({**WHO, "size": 2}) is None


def test_a_folder_that_cannot_be_written_is_done_without(tmp_path):
    (tmp_path / "file").write_text("")
    notes = Notes(tmp_path / "file" / "below")
    notes.write(WHO, {"a": 1})
    notes.forget(WHO)
    assert notes.read(WHO) is None


def test_all_notes_can_be_cleared(tmp_path):
    KnownKeys(tmp_path).remember(WHO, ("a",))
    Refused(tmp_path).remember(WHO, "crashed", ErrorCode.PROCESS_DIED, 1.0)
    clear_notes(tmp_path)
    assert not list(tmp_path.rglob("*.json"))


def test_a_note_whose_content_is_another_is_none(tmp_path):
    notes = Notes(tmp_path)
    notes.write({"of": "a"}, {"value": 0.356})
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes().replace(b"0.356", b"0.233"))
    assert notes.read({"of": "a"}) is None

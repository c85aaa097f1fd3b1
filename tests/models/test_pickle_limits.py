"""Pickles told from their outside."""

import io
import zipfile

import pytest
import torch

from hubscore.models.pickle_limits import CountedFile, is_archive, is_old_format, why_not_plain


@pytest.fixture
def path(tmp_path):
    return tmp_path / "pytorch_model.bin"


def test_what_torch_writes_is_plain(path):
    torch.save({f"layer{at}": torch.zeros(3) for at in range(50)}, path)
    assert is_archive(path) and not is_old_format(path)
    assert why_not_plain(path) == ""


def test_what_torch_wrote_is_known_as_such(path):
    torch.save({"a": torch.zeros(3)}, path, _use_new_zipfile_serialization=False)
    assert is_old_format(path) and not is_archive(path)


@pytest.mark.parametrize(
    ("kind", "size", "words"),
    [
        (zipfile.ZIP_DEFLATED, 2**20, "is a compressed archive, of 1.2 kB here and 1.0 MB in memory"),
        (zipfile.ZIP_STORED, 2**20, "takes 1.0 MB to list its tensors"),
        (zipfile.ZIP_STORED, 100, ""),
    ],
)
def test_archives_that_torch_does_not_write(path, kind, size, words):
    with zipfile.ZipFile(path, "w", kind) as archive:
        archive.writestr("archive/data.pkl", bytes(size))
    assert why_not_plain(path).startswith(words) and bool(why_not_plain(path)) == bool(words)


def test_a_broken_archive_says_so(path):
    path.write_bytes(b"PK\x03\x04 and no more")
    assert why_not_plain(path).startswith("is corrupt or cut short")


def test_a_pickle_may_take_so_many_steps():
    file = CountedFile(io.BytesIO(b"abc\ndefgh"), steps=3)
    buffer = bytearray(2)
    assert (file.read(1), file.readline(), file.readinto(buffer), bytes(buffer)) == (b"a", b"bc\n", 2, b"de")
    assert (file.tell(), file.seek(0)) == (6, 0)
    with pytest.raises(ValueError, match="goes on and on"):
        file.read(1)

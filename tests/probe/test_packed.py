import bz2
import gzip
import io
import lzma
import zipfile

import pyarrow as pa
import pytest

from hubscore.probe.packed import is_packed_table, plain_name, unpack


def name_only(value: object) -> str:
    """Compressed bytes hold the time, so that they would name a test differently in every process."""
    return value if isinstance(value, str) else type(value).__name__


def zipped(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, b"text")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("ending", "data"),
    [
        ("gz", gzip.compress(b"text")),
        ("GZ", gzip.compress(b"text")),
        ("bz2", bz2.compress(b"text")),
        ("xz", lzma.compress(b"text")),
        ("zst", pa.compress(b"text", "zstd", asbytes=True)),
        ("zip", zipped("a.csv", "__MACOSX/a.csv")),
    ],
    ids=name_only,
)
def test_what_is_packed_is_unpacked(ending, data):
    assert unpack(f"a.csv.{ending}", data) == b"text" and plain_name(f"a.csv.{ending}") == "a.csv"


def test_other_files_stay_as_they_are():
    assert unpack("a.csv", b"\x1f\x8b") == b"\x1f\x8b"
    assert not is_packed_table("gz") and not is_packed_table("folder.d/gz")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv.gz", gzip.compress(bytes(1000))[:20]),
        ("a.csv.gz", b"x"),
        ("a.csv.bz2", bz2.compress(bytes(1000))[:20]),
        ("a.csv.xz", lzma.compress(bytes(1000))[:40]),
        ("a.csv.xz", b"x"),
        ("a.csv.zst", b"x"),
        ("a.csv.gz", gzip.compress(bytes(range(256)))[:10] + b"\xff" * 40),
        ("a.csv.zip", b"x"),
        ("a.csv.zip", zipped("a.csv", "b.csv")),
    ],
    ids=name_only,
)
def test_damaged_and_half_files(name, data):
    with pytest.raises(OSError):
        unpack(name, data)


def test_a_file_that_unpacks_to_too_much(monkeypatch):
    monkeypatch.setattr("hubscore.probe.packed.MOST_BYTES", 10)
    with pytest.raises(OSError, match="more than 10 bytes"):
        unpack("a.csv.gz", gzip.compress(bytes(11)))

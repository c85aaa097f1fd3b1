"""Damaged files of people's data, made by rule: pictures of every common kind, tables of every format."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image
from probe.pictures import encoded, noise

BOMBS = {
    "pixels.png": encoded(noise(0)).replace((8).to_bytes(4, "big") + (6).to_bytes(4, "big"), b"\x7f\xff\xff\xff" * 2),
    "wide.bmp": encoded(noise(0), "BMP").replace((8).to_bytes(4, "little"), (2**30).to_bytes(4, "little"), 1),
    "program.png": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n%%EndComments\n(/etc/passwd) (r) file\n",
    "empty.png": b"",
    "text.png": b"not a picture\n" * 20,
    "vector.png": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
    "page.png": b"<!doctype html><html></html>",
    "pointer.png": b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 4\n",
}
"""Files that ask for more than they hold, or that are something else."""


def sound_pictures() -> list[bytes]:
    """Return small pictures of many kinds."""
    picture, grey = noise(1, (40, 30)), noise(2, (40, 30), "L")
    deep = Image.fromarray(np.arange(1200, dtype=np.uint16).reshape(30, 40) * 50)
    frames = {"save_all": True, "append_images": [noise(3, (40, 30))]}
    return [
        encoded(picture, "JPEG"),
        encoded(picture, "JPEG", progressive=True, quality=60),
        encoded(noise(4, (40, 30), "CMYK"), "JPEG"),
        encoded(picture),
        encoded(picture.convert("P")),
        encoded(deep),
        encoded(noise(5, (40, 30), "RGBA"), "WEBP"),
        encoded(picture, "GIF", **frames),
        encoded(picture, "BMP"),
        encoded(picture, "TIFF"),
        encoded(picture, "TIFF", compression="tiff_lzw"),
        encoded(grey, "PPM"),
        encoded(picture, "TGA"),
        encoded(picture, "ICO", sizes=[(16, 16)]),
        encoded(picture, "JPEG2000"),
        encoded(noise(6, (1200, 1100)), "JPEG", quality=20),
    ]


def sound_tables() -> dict[str, bytes]:
    """Return small tables of every format, with pictures in them or beside them."""
    names, labels = [f"{number:02}.png" for number in range(12)], ["cat", "dog"] * 6
    listed = pa.table({"image": names, "label": labels})
    inside = pa.table({"image": [{"bytes": encoded(noise(n)), "path": None} for n in range(12)], "label": labels})
    parquet, plain, feather, stream = io.BytesIO(), io.BytesIO(), io.BytesIO(), io.BytesIO()
    pq.write_table(inside, parquet, row_group_size=4)
    pq.write_table(listed, plain, compression="gzip")
    with pa.ipc.new_file(feather, listed.schema) as writer:
        writer.write_table(listed)
    with pa.ipc.new_stream(stream, inside.schema) as writer:
        writer.write_table(inside)
    rows = "".join(f"{name},{label}\n" for name, label in zip(names, labels, strict=True))
    objects = [{"image": name, "label": label} for name, label in zip(names, labels, strict=True)]
    lines = "\n".join(map(json.dumps, objects)).encode()
    return {
        "list.csv": f"image,label\n{rows}".encode(),
        "list.tsv": f"image\tlabel\n{rows}".replace(",", "\t").encode(),
        "wide.csv": f"image,label\n{rows}".encode("utf-16"),
        "list.csv.gz": gzip.compress(f"image,label\n{rows}".encode(), mtime=0),
        "list.csv.bz2": bz2.compress(f"image,label\n{rows}".encode()),
        "list.csv.xz": lzma.compress(f"image,label\n{rows}".encode()),
        "list.csv.zip": zipped({"list.csv": f"image,label\n{rows}".encode()}),
        "pictures.zip": zipped({f"{kind}/{n}.png": encoded(noise(n)) for n in range(6) for kind in ("cat", "dog")}),
        "pictures.tar": tarred({f"{kind}/{n}.png": encoded(noise(n)) for n in range(6) for kind in ("cat", "dog")}),
        "list.jsonl": lines,
        "list.json": json.dumps(objects).encode(),
        "inside.parquet": parquet.getvalue(),
        "list.parquet": plain.getvalue(),
        "list.feather": feather.getvalue(),
        "inside.arrow": stream.getvalue(),
    }


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return a ZIP archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def tarred(files: Mapping[str, bytes]) -> bytes:
    """Return a TAR archive."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            about = tarfile.TarInfo(name)
            about.size = len(content)
            archive.addfile(about, io.BytesIO(content))
    return buffer.getvalue()


def damaged(data: bytes, seed: int) -> bytes:
    """Return bytes with one of several kinds of damage."""
    random = np.random.default_rng(seed)
    content = bytearray(data)
    at = int(random.integers(0, len(content)))
    head = int(random.integers(0, min(64, len(content))))
    match seed % 8:
        case 0:
            return bytes(content[:at])
        case 1:
            for place in random.integers(0, len(content), 1 + len(content) // 200).tolist():
                content[place] ^= 1 << int(random.integers(0, 8))
        case 2:
            content[head] = int(random.integers(0, 256))
        case 3:
            content[head : head + 4] = b"\xff\xff\xff\x7f"
        case 4:
            content[at : at + 40] = bytes(40)
        case 5:
            content[at:at] = random.integers(0, 256, 50, dtype=np.uint8).tobytes()
        case 6:
            del content[at : at + 30]
        case _:
            content = content[at:] + content[:at]
    return bytes(content)


def fuzzed_pictures(count: int) -> Iterator[bytes]:
    """Yield damaged pictures, the bombs first."""
    sound = sound_pictures()
    yield from list(BOMBS.values())[:count]
    for seed in range(count - len(BOMBS)):
        yield damaged(sound[(seed + seed // 8) % len(sound)], seed)


def nested_tables() -> dict[str, bytes]:
    """Return tables that are nested so deep that a careless reader ends the process."""
    deep = b"[" * 100_000
    closed = b'{"image": "00.png", "label": ' + deep + b"]" * 100_000 + b"}\n"
    return {
        "deep.json": deep,
        "deep.jsonl": b'{"a":' * 100_000,
        "closed.jsonl": closed,
        "closed.json": b"[" + closed + b"]",
    }


def fuzzed_tables(count: int) -> Iterator[tuple[str, bytes]]:
    """Yield the names and bytes of damaged tables, the deep ones first."""
    yield from list(nested_tables().items())[:count]
    sound = list(sound_tables().items())
    for seed in range(count - len(nested_tables())):
        name, data = sound[(seed + seed // 8) % len(sound)]
        yield name, damaged(data, seed)

"""Checkpoints that want to hurt who loads them, made from two sound ones; each is to be refused with a reason.

``HOSTILE`` has a function for each that changes a folder of a sound checkpoint: ``timm`` (a small ResNet) or
``transformers`` (a small ViT), by the second entry.
"""

from __future__ import annotations

import io
import json
import os
import pickle
import struct
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

Change = Callable[[Path], Any]
HOSTILE: dict[str, tuple[Change, str]] = {}


def hostile(library: str, name: str = "") -> Callable[[Change], Change]:
    """Register a function that spoils a checkpoint."""

    def register(change: Change) -> Change:
        HOSTILE[name or change.__name__] = change, library
        return change

    return register


def edit(folder: Path, name: str, **values: Any) -> None:
    """Set keys of a JSON file; a dot goes into an inner object."""
    path = folder / name
    content = json.loads(path.read_text())
    for key, value in values.items():
        *outer, last = key.split("__")
        inner = content
        for part in outer:
            inner = inner.setdefault(part, {})
        inner[last] = value
    path.write_text(json.dumps(content))


def _config(library: str, name: str, **values: Any) -> None:
    hostile(library, name)(lambda folder: edit(folder, "config.json", **values))


def _processor(name: str, **values: Any) -> None:
    hostile("transformers", name)(lambda folder: edit(folder, "preprocessor_config.json", **values))


# Configurations larger than their files.
_config("transformers", "hidden_size", hidden_size=30_000, num_attention_heads=2)
_config("transformers", "intermediate_size", intermediate_size=10**9)
_config("transformers", "billion_labels", num_labels=10**9, id2label=None, label2id=None)
_config("transformers", "hundred_million_labels", num_labels=10**8, id2label=None, label2id=None)
_config("transformers", "hundred_thousand_layers", num_hidden_layers=10**5)
_config("transformers", "billion_layers", num_hidden_layers=10**9)
_config("transformers", "image_size", image_size=200_000)
_config("transformers", "patch_size", patch_size=30_000, image_size=30_000)
_config("transformers", "channels", num_channels=10**8)
_config("transformers", "heads", num_attention_heads=10**8, hidden_size=10**8)
_config("transformers", "infinite_size", hidden_size=float("inf"))
_config("transformers", "nan_size", hidden_size=float("nan"))
_config("transformers", "negative_size", hidden_size=-32)
_config("transformers", "fractional_layers", num_hidden_layers=2.5)
_config("transformers", "number_of_many_digits", hidden_size=10**400)
_config(
    "transformers", "swin_depths", model_type="swin", architectures=["SwinForImageClassification"], depths=[10**7] * 4
)
_config("transformers", "dinov2_layers", model_type="dinov2", architectures=["Dinov2Model"], num_hidden_layers=10**9)
_config("transformers", "resnet_widths", model_type="resnet", architectures=["ResNetModel"], hidden_sizes=[60_000] * 4)
_config("transformers", "convnext_depths", model_type="convnext", architectures=["ConvNextModel"], depths=[10**6] * 4)
_config("transformers", "beit_window", model_type="beit", architectures=["BeitModel"], image_size=10**6, patch_size=1)
_config("transformers", "architecture_of_no_network", architectures=["os"])
_config("transformers", "architectures_of_numbers", architectures=[7])
_config("transformers", "remote_code", auto_map={"AutoModel": "evil.Evil"})
_config("timm", "timm_architecture", architecture="vit_giant_patch14_224")
_config("timm", "timm_classes", model_args={"num_classes": 10**9}, num_classes=10**9)
_config("timm", "timm_widths", model_args={"channels": [60_000] * 4})
_config("timm", "timm_depths", model_args={"layers": [10**5] * 4})
_config("timm", "timm_billion_depths", model_args={"layers": [10**9] * 4})
_config("timm", "timm_vit_depth", architecture="vit_tiny_patch16_224", model_args={"depth": 10**5})
_config("timm", "timm_vit_size", architecture="vit_tiny_patch16_224", model_args={"img_size": 10**6})
_config("timm", "timm_input_size", pretrained_cfg__input_size=[3, 20_000, 20_000])
_config("timm", "timm_input_line", pretrained_cfg__input_size=[3, 1, 10**9])
_config("timm", "timm_crop", pretrained_cfg__crop_pct=1e-6)
_config("timm", "timm_crop_backwards", pretrained_cfg__crop_pct=-0.5)
_config("timm", "timm_size_of_words", pretrained_cfg__input_size=["3", "big", "big"])
_config("timm", "timm_channels", pretrained_cfg__input_size=[10**9, 32, 32])


# Image processors larger than any image.
_processor("processor_size", size={"height": 20_000, "width": 20_000})
_processor("processor_number", size=20_000)
_processor("processor_shortest_edge", size={"shortest_edge": 10**6})
_processor("processor_pad", do_pad=True, pad_size={"height": 60_000, "width": 60_000})
_processor("processor_crop", do_center_crop=True, crop_size={"height": 50_000, "width": 50_000})
_processor(
    "processor_crop_share",
    image_processor_type="ConvNextImageProcessor",
    size={"shortest_edge": 32},
    crop_pct=1e-7,
)
_processor("processor_multiple", image_processor_type="DPTImageProcessor", ensure_multiple_of=10**6)
_processor("processor_divisor", image_processor_type="MaskFormerImageProcessor", size_divisor=10**6)
_processor("processor_infinite", size={"height": float("inf"), "width": float("inf")})
_processor("processor_nan_mean", image_mean=[float("nan")] * 3)
_processor("processor_zero_deviation", image_std=[0, 0, 0])
_processor("processor_code", auto_map={"AutoImageProcessor": "evil.Evil"})
_processor("processor_unknown", image_processor_type="EvilImageProcessor")


# Configurations that are none.
def _text(library: str, name: str, text: str, file: str = "config.json") -> None:
    hostile(library, name)(lambda folder: (folder / file).write_text(text))


_text("transformers", "deep_config", '{"a":' * 100_000 + "1" + "}" * 100_000)
_text("transformers", "deep_list", "[" * 1_000_000)
_text("transformers", "overflowing_number", '{"model_type": "vit", "hidden_size": 1e400}')
_text("transformers", "number_of_a_million_digits", '{"model_type": "vit", "hidden_size": ' + "9" * 1_000_000 + "}")
_text("timm", "long_config", '{"architecture": "test_resnet", "note": "' + "x" * 20_000_000 + '"}')
_text("transformers", "deep_processor", '{"a":' * 100_000 + "1" + "}" * 100_000, "preprocessor_config.json")


# Pickles that run code, inflate, nest or go on and on.
class Evil:
    """Makes a folder when it is unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (self.path,)


def pwned(folder: Path) -> Path:
    """What a pickle that runs code would make."""
    return folder / "pwned"


def _pickle(folder: Path, content: bytes | None) -> Path:
    (folder / "model.safetensors").unlink()
    path = folder / "pytorch_model.bin"
    if content is not None:
        path.write_bytes(content)
    return path


@hostile("transformers")
def pickle_with_code(folder: Path) -> None:
    torch.save({"a": torch.zeros(2), "b": Evil(str(pwned(folder)))}, _pickle(folder, None))


@hostile("timm")
def old_pickle_with_code(folder: Path) -> None:
    content = {"a": torch.zeros(2), "b": Evil(str(pwned(folder)))}
    torch.save(content, _pickle(folder, None), _use_new_zipfile_serialization=False)


@hostile("timm")
def plain_pickle_with_code(folder: Path) -> None:
    _pickle(folder, pickle.dumps(Evil(str(pwned(folder)))))


@hostile("timm")
def pickle_under_another_name(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(pickle.dumps(Evil(str(pwned(folder)))))


def _archive(folder: Path, parts: dict[str, tuple[bytes, int]], *, compressed: bool) -> None:
    """Write an archive whose parts are a piece repeated so many times."""
    path = _pickle(folder, None)
    kind = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    with zipfile.ZipFile(path, "w", kind, compresslevel=9 if compressed else None) as archive:
        for name, (piece, times) in parts.items():
            with archive.open(name, "w", force_zip64=True) as part:
                for _ in range(times):
                    part.write(piece)


@hostile("transformers")
def inflating_weights(folder: Path) -> None:
    """4 MB on disk, 4 GB in memory."""
    buffer = io.BytesIO()
    torch.save(load_file(folder / "model.safetensors"), buffer)
    with zipfile.ZipFile(buffer) as sound:
        parts = {name: (sound.read(name), 1) for name in sound.namelist()}
    _archive(folder, {**parts, "archive/data/0": (bytes(2**20), 4096)}, compressed=True)


@hostile("timm")
def inflating_pickle(folder: Path) -> None:
    _archive(folder, {"archive/data.pkl": (b"]" * 2**20, 200), "archive/version": (b"3\n", 1)}, compressed=True)


@hostile("timm")
def long_pickle(folder: Path) -> None:
    _archive(folder, {"archive/data.pkl": (b"]" * 2**20, 40), "archive/version": (b"3\n", 1)}, compressed=False)


@hostile("timm")
def overlapping_archive(folder: Path) -> None:
    """One part that a hundred thousand names in the directory share."""
    path, body = _pickle(folder, None), bytes(10_000)
    local = b"PK\x03\x04" + struct.pack("<HHHHHLLLHH", 20, 0, 0, 0, 0, 0, len(body), len(body), 1, 0) + b"a" + body
    entry = b"PK\x01\x02" + struct.pack("<HHHHHHLLLHHHHHLL", 20, 20, 0, 0, 0, 0, 0, 10_000, 10_000, 1, 0, 0, 0, 0, 0, 0)
    count = 60_000
    directory = (entry + b"a") * count
    end = b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, count, count, len(directory), len(local), 0)
    path.write_bytes(local + directory + end)


@hostile("timm")
def nested_pickle(folder: Path) -> None:
    _pickle(folder, b"\x80\x02" + b"]" * 200_000 + b"a" * 199_999 + b".")


@hostile("timm")
def pickle_of_many_steps(folder: Path) -> None:
    _pickle(folder, b"\x80\x02" + b"]0" * 20_000_000 + b"N.")


@hostile("timm")
def old_pickle_of_many_steps(folder: Path) -> None:
    """As before, after the beginning of a sound file."""
    buffer = io.BytesIO()
    torch.save({}, buffer, _use_new_zipfile_serialization=False)
    sound = buffer.getvalue()
    place = sound.index(b"\x80", sound.index(b"\x80", 2) + 1)  # after the magic number and the version
    _pickle(folder, sound[:place] + b"\x80\x02" + b"]0" * 20_000_000 + b"N.")


@hostile("timm")
def pickle_that_doubles(folder: Path) -> None:
    """A billion laughs: thirty lists, each twice the one before."""
    body = b"\x80\x02]q\x00"
    for at in range(60):
        body += b"]q" + bytes([at + 1]) + b"(h" + bytes([at]) + b"h" + bytes([at]) + b"e"
    _pickle(folder, body + b".")


@hostile("timm")
def pickled_bytes_of_a_terabyte(folder: Path) -> None:
    _pickle(folder, b"\x80\x02cbuiltins\nbytearray\n\x8a\x06\x00\x00\x00\x00\x00\x01\x85R.")


def _claim(folder: Path, size: tuple[int, ...], stride: tuple[int, ...]) -> None:
    """Write a pickle whose only tensor claims more than its storage has."""

    class Claimed:
        def __reduce__(self) -> Any:
            storage = torch.zeros(2).untyped_storage()
            typed = torch.storage.TypedStorage(wrap_storage=storage, dtype=torch.float32, _internal=True)
            return torch._utils._rebuild_tensor_v2, (typed, 0, size, stride, False, OrderedDict())

    torch.save({"a": Claimed()}, _pickle(folder, None))


@hostile("timm")
def tensor_beyond_its_storage(folder: Path) -> None:
    _claim(folder, (10**6, 10**6), (10**6, 1))


@hostile("timm")
def tensor_of_one_number_repeated(folder: Path) -> None:
    """Shape a million by a million with strides of nothing, to pass for weights of a configuration of that size."""
    _claim(folder, (10**6, 10**6), (0, 0))
    edit(folder, "config.json", model_args={"channels": [60_000] * 4})


@hostile("timm")
def pickle_of_no_table(folder: Path) -> None:
    torch.save([1, 2, 3], _pickle(folder, None))


@hostile("timm")
def empty_pickle(folder: Path) -> None:
    _pickle(folder, b"")


# Safetensors headers that lie in length, offsets, shape or depth.
def _header(folder: Path, header: Any, body: bytes = bytes(64), length: int | None = None) -> None:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(text) if length is None else length) + text + body)


def _entry(shape: list[int], start: int, end: int, dtype: str = "F32") -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}


def _headers(name: str, header: Any, **more: Any) -> None:
    hostile("timm", name)(lambda folder: _header(folder, header, **more))


_headers("header_longer_than_the_file", {}, length=2**62)
_headers("header_of_negative_length", {}, length=2**64 - 1)
_headers("header_shorter_than_it_is", {"a": _entry([16], 0, 64)}, length=5)
_headers("offsets_beyond_the_file", {"a": _entry([2**40], 0, 2**42)})
_headers("offsets_backwards", {"a": _entry([16], 64, 0)})
_headers("offsets_overlap", {"a": _entry([16], 0, 64), "b": _entry([16], 0, 64)})
_headers("shape_unlike_offsets", {"a": _entry([2**20, 2**20], 0, 64)})
_headers("shape_overflows", {"a": _entry([2**32, 2**32, 16], 0, 64)})
_headers("shape_negative", {"a": _entry([-16], 0, 64)})
_headers("header_deep", b'{"a":' * 100_000 + b"1" + b"}" * 100_000)
_headers("header_no_object", b"[1, 2]")
_headers("header_no_text", b"\xff" * 40)
_headers("unknown_type", {"a": _entry([16], 0, 64, "F99")})
_headers("empty_tensors_only", {"a": _entry([0, 2**40], 0, 0)}, body=b"")


@hostile("timm")
def long_header(folder: Path) -> None:
    """A list of tensors longer than any network has."""
    entries = {f"tensor_{at:06d}" + "x" * 80: _entry([0], 0, 0) for at in range(260_000)}
    _header(folder, entries, body=b"")


@hostile("timm")
def git_lfs_pointer(folder: Path) -> None:
    (folder / "model.safetensors").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")


# Index files that point elsewhere.
def _index(name: str, weight_map: Any) -> None:
    def change(folder: Path) -> None:
        (folder / "model.safetensors").rename(folder / "part.safetensors")
        (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map}))

    hostile("transformers", name)(change)


_index("index_out_of_the_folder", {"a": "../../etc/passwd"})
_index("index_to_an_absolute_path", {"a": "/dev/zero"})
_index("index_to_itself", {"a": "model.safetensors.index.json"})
_index("index_to_a_folder", {"a": "."})
_index("index_to_nothing", {"a": "gone.safetensors"})
_index("index_of_lists", {"a": ["part.safetensors"]})
_index("index_of_no_map", 7)
_index("index_of_a_long_name", {"a": "x" * 100_000})
_index("index_with_a_null_byte", {"a": "part\0.safetensors"})


@hostile("transformers")
def index_to_a_device(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "part.safetensors").symlink_to("/dev/zero")
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"a": "part.safetensors"}}))


@hostile("timm")
def weights_are_a_pipe(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    os.mkfifo(folder / "model.safetensors")


# Weights that are no numbers, or of another network.
def _weights(library: str, name: str, change: Callable[[dict[str, torch.Tensor]], dict[str, torch.Tensor]]) -> None:
    def write(folder: Path) -> None:
        path = folder / "model.safetensors"
        save_file(change(load_file(path)), path, metadata={"format": "pt"})

    hostile(library, name)(write)


_weights("timm", "nan_weights", lambda held: {key: value * torch.nan for key, value in held.items()})
_weights("transformers", "infinite_weights", lambda held: {key: value + torch.inf for key, value in held.items()})
_weights("transformers", "weights_of_nothing", lambda held: {"a": torch.zeros(3)})
_weights(
    "timm", "weights_of_another_shape", lambda held: {key: value.reshape(-1)[:1].clone() for key, value in held.items()}
)

"""Which files of a checkpoint are loaded, and how many bytes they take."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path

from hubscore.modalities.registry import DEFAULT, MODALITIES

SAFETENSORS = ("model.safetensors", "model.safetensors.index.json")
PICKLES = ("pytorch_model.bin", "pytorch_model.bin.index.json")

_SHARD = {
    "model.safetensors.index.json": re.compile(r"model-\d+-of-\d+\.safetensors"),
    "pytorch_model.bin.index.json": re.compile(r"pytorch_model-\d+-of-\d+\.bin"),
}
_BITS = {
    "F64": 64,
    "I64": 64,
    "U64": 64,
    "F32": 32,
    "I32": 32,
    "U32": 32,
    "F16": 16,
    "BF16": 16,
    "I16": 16,
    "U16": 16,
    "F4": 4,
}


_BUFFERS = (
    "running_mean",
    "running_var",
    "num_batches_tracked",
    "position_ids",
    "relative_position_index",
    "relative_coords_table",
    "attention_bias_idxs",
    "attn_mask",
)
_COUNTERS = frozenset({"I64", "I32", "I16", "U64", "U32", "U16", "BOOL"})


def is_buffer(tensor: str) -> bool:
    """Whether a tensor is saved beside the parameters without being one: running statistics, counters, index tables."""
    return tensor.rpartition(".")[2] in _BUFFERS


def trained(dtypes: Mapping[str, int], total: int | None) -> int | None:
    """Return the number of parameters where only the count of each dtype is known.

    Counters and index tables are integers and left out; running statistics cannot be told apart, so the number is up to
    one percent too large for networks with batch normalisation.
    """
    return sum(count for dtype, count in dtypes.items() if dtype not in _COUNTERS) or total


def choose_weights(files: Collection[str]) -> str | None:
    """Return the weight file to load: safetensors first, a pickle only where there is nothing else."""
    return next((name for name in SAFETENSORS + PICKLES if name in files), None)


def is_pickle(weights: str | None) -> bool:
    """Whether loading ``weights`` means unpickling (``weights_only=True``)."""
    return weights in PICKLES


def weight_files(weights: str, files: Collection[str]) -> tuple[str, ...]:
    """Return the names of ``weights`` itself and, for an index, of its shards."""
    shard = _SHARD.get(weights)
    shards = sorted(name for name in files if shard and shard.fullmatch(name))
    return (weights, *shards)


def config_files(modality: str | None = DEFAULT) -> tuple[str, ...]:
    """Return the files beside the weights that networks of a modality are made from; of every modality, for none."""
    wanted = MODALITIES if modality is None else (MODALITIES.get(modality),)
    return tuple(dict.fromkeys(name for one in wanted for name in one.config_files))


def is_part(name: str) -> bool:
    """Whether a file of a repo may be read: one in its root, or one of a folder that networks are made from too.

    Example:
        >>> is_part("config.json"), is_part("1_Pooling/config.json"), is_part("onnx/model.onnx")
        (True, True, False)
    """
    return "/" not in name or name in config_files(None)


def files_in(folder: Path) -> dict[str, int]:
    """Return the files of a checkpoint's folder that may be read, with their sizes, sorted by name."""
    nested = (folder / name for name in config_files(None) if "/" in name)
    found = [path for path in (*folder.iterdir(), *nested) if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in sorted(found)}


def patterns(weights: str | None, modality: str | None = DEFAULT) -> list[str]:
    """Return the ``allow_patterns`` that download what is loaded and no copy in another format."""
    wanted = {
        None: ["model.safetensors", "model.safetensors.index.json", "model-*-of-*.safetensors"],
        "model.safetensors.index.json": ["model.safetensors.index.json", "model-*-of-*.safetensors"],
        "pytorch_model.bin.index.json": ["pytorch_model.bin.index.json", "pytorch_model-*-of-*.bin"],
    }
    return [*config_files(modality), *wanted.get(weights, [str(weights)])]


def wanted_files(weights: str | None, files: Collection[str], modality: str = DEFAULT) -> tuple[str, ...]:
    """Return the files of a repo that a run reads."""
    heavy = weight_files(weights, files) if weights else ()
    return tuple(name for name in (*config_files(modality), *heavy) if name in files)


def exact_bytes(weights: str | None, files: Mapping[str, int | None], modality: str = DEFAULT) -> int | None:
    """Return the bytes of what a run downloads, or none where a size is unknown."""
    sizes = [files[name] for name in wanted_files(weights, files, modality)]
    return sum(size for size in sizes if size is not None) if weights and None not in sizes else None


def estimated_bytes(dtypes: Mapping[str, int]) -> int | None:
    """Estimate the size of the weights from the parameters of each dtype; one-byte types are the rest."""
    return sum(count * _BITS.get(dtype, 8) // 8 for dtype, count in dtypes.items()) or None

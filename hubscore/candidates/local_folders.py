"""Checkpoints in folders on this machine."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import lru_cache
from math import prod
from pathlib import Path
from typing import Any

from hubscore.candidates.compatibility import modality_of
from hubscore.candidates.repo_info import RepoInfo, texts_in
from hubscore.candidates.weights import choose_weights, files_in, is_buffer, is_pickle, wanted_files, weight_files
from hubscore.errors import CandidateError
from hubscore.modalities.registry import DEFAULT
from hubscore.text import parse_json

_DEPTH = 3  # a local Hub's folder holds models/ORG/NAME
_LFS_POINTER = b"version https://git-lfs"


def checkpoints(folder: Path) -> list[Path]:
    """Return the checkpoints in a folder: the folder itself, or those at most three levels below it, sorted.

    A part of a checkpoint that has a configuration of its own, as sentence-transformers' pooling, is none.
    """
    if (folder / "config.json").is_file():
        return [folder]
    below = {path.parent for depth in range(1, _DEPTH + 1) for path in folder.glob("*/" * depth + "config.json")}
    shown = (path for path in below if not any(part.startswith(".") for part in path.relative_to(folder).parts))
    return sorted(path for path in shown if not below.intersection(path.parents))


def from_folder(folder: Path, name: str, *, revision: str | None = None) -> RepoInfo:
    """Read what a local checkpoint says about itself.

    Args:
        folder: holds ``config.json`` and the weights.
        name: what the candidate is called.
        revision: the commit, for a folder in the Hub's cache; else the content is hashed.

    Raises:
        CandidateError: ``config.json`` or the weights' header cannot be read.
    """
    files = files_in(folder)
    weights = choose_weights(files)
    card = _card(folder / "README.md")
    shapes = _shapes(folder, weights, files) if weights and not is_pickle(weights) else []
    info = RepoInfo(
        name=name,
        revision=revision or "",
        files=files,
        config=_config(folder / "config.json"),
        tags=frozenset(texts_in(card.get("tags"))),
        card=card,
        library_name=card.get("library_name"),
        task=card.get("pipeline_tag"),
        parameters=sum(prod(shape) for shape in shapes) if shapes else None,
        path=str(folder.resolve()),
    )
    if revision is not None:
        return info
    modality = modality_of(info)
    return replace(info, revision=revision_of(folder, weights, files, modality.name if modality else DEFAULT))


def revision_of(folder: Path, weights: str | None, files: Any, modality: str = DEFAULT) -> str:
    """Return ``local-`` and a hash of everything that decides what the network computes."""
    digest = hashlib.sha256()
    for name in wanted_files(weights, files, modality):
        stat = (folder / name).stat()
        digest.update(f"{name}\0{_file_hash(folder / name, stat.st_mtime_ns, stat.st_size)}\n".encode())
    return f"local-{digest.hexdigest()}"


@lru_cache(maxsize=4096)
def _file_hash(path: Path, mtime_ns: int, size: int) -> str:
    """Hash one file; time and size are there so that an edited file is hashed again."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _config(path: Path) -> dict[str, Any]:
    try:
        config = parse_json(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise CandidateError(
            f"{str(path)!r} cannot be read",
            str(error),
            "restore the file from where it came",
            subject=str(path),
            predicate="cannot be read",
        ) from error
    if not isinstance(config, dict):
        raise CandidateError(
            f"{str(path)!r} cannot be read",
            "it is not a JSON object",
            "restore the file from where it came",
            subject=str(path),
            predicate="cannot be read",
        )
    return config


def _card(path: Path) -> dict[str, Any]:
    """Return the card's front matter; a card that cannot be read says nothing."""
    from huggingface_hub import RepoCard

    try:
        text = path.read_text(encoding="utf-8-sig")
        return RepoCard(text, ignore_metadata_errors=True).data.to_dict() if text.lstrip().startswith("---") else {}
    except Exception:  # a broken card, whatever the parser says about it, must not keep a good checkpoint out
        return {}


def _shapes(folder: Path, weights: str, files: Any) -> list[list[int]]:
    """Return the shape of every parameter from the headers of the safetensors files."""
    from safetensors import SafetensorError, safe_open

    shapes = []
    for name in weight_files(weights, files):
        if not name.endswith(".safetensors"):
            continue
        try:
            with safe_open(folder / name, framework="np") as tensors:
                shapes += [tensors.get_slice(key).get_shape() for key in tensors.keys() if not is_buffer(key)]
        except (SafetensorError, OSError) as error:
            raise _broken(folder / name, error) from error
    return shapes


def _broken(path: Path, error: Exception) -> CandidateError:
    with path.open("rb") as file:
        pointer = file.read(len(_LFS_POINTER)) == _LFS_POINTER
    if pointer:
        return CandidateError(
            f"{str(path)!r} is a Git LFS pointer",
            "the weights themselves were not downloaded",
            "git lfs pull",
            subject=str(path),
            predicate="is a Git LFS pointer",
        )
    return CandidateError(
        f"{str(path)!r} is not a readable safetensors file",
        str(error),
        "download or export the weights again",
        subject=str(path),
        predicate="is not a readable safetensors file",
    )

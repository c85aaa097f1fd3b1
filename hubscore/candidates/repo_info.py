"""What a repo says about itself, on the Hub or in a folder, in one shape that the rules can read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hubscore.candidates.weights import trained

if TYPE_CHECKING:
    from huggingface_hub import ModelInfo


@dataclass(frozen=True)
class RepoInfo:
    """Everything known about one repo before any weight is read.

    Attributes:
        name: the repo id, or the folder's path as given.
        revision: the commit sha, or the content hash of a local folder.
        files: names in the repo's root with their sizes, none where the Hub did not say.
        hashes: sha256 of the large files, where the Hub said.
        config: ``config.json``, or the part of it that the Hub repeats.
        tags: the Hub's tags; for a folder those its card would give.
        card: the front matter of ``README.md``.
        dtypes: parameters by safetensors dtype.
        path: the folder of a local checkpoint.
    """

    name: str
    revision: str
    files: Mapping[str, int | None] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    tags: frozenset[str] = frozenset()
    card: Mapping[str, Any] = field(default_factory=dict)
    library_name: str | None = None
    task: str | None = None
    parameters: int | None = None
    dtypes: Mapping[str, int] = field(default_factory=dict)
    gated: bool | str = False
    private: bool = False
    disabled: bool = False
    downloads: int | None = None
    likes: int | None = None
    path: str | None = None

    def tagged(self, prefix: str) -> tuple[str, ...]:
        """Return what follows ``prefix`` in the tags that begin with it, sorted."""
        return tuple(sorted(tag.removeprefix(prefix) for tag in self.tags if tag.startswith(prefix)))


def repo_info(info: ModelInfo) -> RepoInfo:
    """Read the Hub's answer about one model, from a listing or from ``model_info``."""
    siblings = info.siblings or []
    return RepoInfo(
        name=info.id,
        revision=info.sha or "",
        files={file.rfilename: file.size for file in siblings if "/" not in file.rfilename},
        hashes={file.rfilename: file.lfs.sha256 for file in siblings if file.lfs},
        config=info.config or {},
        tags=frozenset(info.tags or ()),
        card=info.card_data.to_dict() if info.card_data else {},
        library_name=info.library_name,
        task=info.pipeline_tag,
        parameters=trained(info.safetensors.parameters, info.safetensors.total) if info.safetensors else None,
        dtypes=info.safetensors.parameters if info.safetensors else {},
        gated=info.gated or False,
        private=bool(info.private),
        disabled=bool(info.disabled),
        downloads=info.downloads,
        likes=info.likes,
    )

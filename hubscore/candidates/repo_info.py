"""What a repo says about itself, on the Hub or in a folder, in one shape that the rules can read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hubscore.candidates.weights import is_part, trained

if TYPE_CHECKING:
    from huggingface_hub import ModelInfo

_WORDS = ("model_type", "architecture")
_SNAKE = {"cardData": "card_data"}


@dataclass(frozen=True)
class RepoInfo:
    """Everything known about one repo before any weight is read.

    Owners write cards and configurations by hand, so that any field may hold anything: what is not of the type that the
    field should have is taken for not said.

    Attributes:
        name: the repo id, or the folder's path as given.
        revision: the commit sha, or the content hash of a local folder.
        files: names in the repo's root, and of the folders that networks are made from, with their sizes, none where
            the Hub did not say.
        hashes: sha256 of the large files, where the Hub said.
        config: ``config.json``, or the part of it that the Hub repeats.
        tags: the Hub's tags; for a folder those its card would give.
        card: the front matter of ``README.md``.
        dtypes: parameters by safetensors dtype.
        path: the folder of a local checkpoint.

    Example:
        >>> RepoInfo("org/net", "", tags=["timm", None], config={"architectures": 5}, likes="many").tags
        frozenset({'timm'})
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

    def __post_init__(self) -> None:
        gated: object = self.gated
        checked: dict[str, object] = {
            "name": self.name if isinstance(self.name, str) else "",
            "revision": self.revision if isinstance(self.revision, str) else "",
            "files": {name: _count(size) for name, size in _mapping(self.files).items()},
            "hashes": {name: text for name, text in _mapping(self.hashes).items() if isinstance(text, str)},
            "config": _config(self.config),
            "tags": frozenset(texts_in(self.tags)),
            "card": _mapping(self.card),
            "library_name": _text(self.library_name),
            "task": _text(self.task),
            "parameters": _count(self.parameters),
            "dtypes": {name: count for name, size in _mapping(self.dtypes).items() if (count := _count(size))},
            "gated": gated if isinstance(gated, str) else bool(gated),
            "private": bool(self.private),
            "disabled": bool(self.disabled),
            "downloads": _count(self.downloads),
            "likes": _count(self.likes),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def tagged(self, prefix: str) -> tuple[str, ...]:
        """Return what follows ``prefix`` in the tags that begin with it, sorted."""
        return tuple(sorted(tag.removeprefix(prefix) for tag in self.tags if tag.startswith(prefix)))


def repo_info(info: ModelInfo | Mapping[str, Any]) -> RepoInfo:
    """Read the Hub's answer about one model: the client's record, or the JSON, which is there even where the client
    cannot make a record of it.

    Example:
        >>> repo_info({"id": "org/net", "safetensors": {"total": 12}, "siblings": None}).parameters
        12
    """
    entries = _field(info, "siblings")
    siblings = {
        name: entry
        for entry in (entries if isinstance(entries, (list, tuple)) else ())
        if isinstance(name := _field(entry, "rfilename"), str) and is_part(name)
    }
    weights = _field(info, "safetensors")
    dtypes, total = _mapping(_field(weights, "parameters")), _count(_field(weights, "total"))
    counts = {dtype: count for dtype, size in dtypes.items() if (count := _count(size))}
    card = _field(info, "cardData")
    return RepoInfo(
        name=_field(info, "id"),
        revision=_field(info, "sha"),
        files={name: _field(entry, "size") for name, entry in siblings.items()},
        hashes={name: _field(_field(entry, "lfs"), "sha256") for name, entry in siblings.items()},
        config=_field(info, "config"),
        tags=_field(info, "tags"),
        card=card.to_dict() if hasattr(card, "to_dict") else card,
        library_name=_field(info, "library_name"),
        task=_field(info, "pipeline_tag"),
        parameters=trained(counts, total),
        dtypes=counts,
        gated=_field(info, "gated"),
        private=_field(info, "private"),
        disabled=_field(info, "disabled"),
        downloads=_field(info, "downloads"),
        likes=_field(info, "likes"),
    )


def _field(record: object, name: str) -> Any:
    """Return one field of a JSON object or of a record of the client, none where there is none."""
    return record.get(name) if isinstance(record, Mapping) else getattr(record, _SNAKE.get(name, name), None)


def _mapping(value: object) -> dict[str, Any]:
    """Return a mapping with its keys that are text, empty for anything else."""
    return {key: item for key, item in value.items() if isinstance(key, str)} if isinstance(value, Mapping) else {}


def texts_in(value: object) -> tuple[str, ...]:
    """Return the texts in a field that may hold one, several or none."""
    values = value if isinstance(value, (list, tuple, set, frozenset)) else (value,)
    return tuple(item for item in values if isinstance(item, str) and item)


def _text(value: object) -> str | None:
    """Return a text, or the only one of a list."""
    texts = texts_in(value)
    return texts[0] if len(texts) == 1 else None


def _count(value: object) -> int | None:
    """Return a whole number from 0, none for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 2**63:
        return None
    return int(value)


def _config(value: object) -> dict[str, Any]:
    """Return a configuration whose names of architectures are texts."""
    config = _mapping(value)
    for key in _WORDS:
        if key in config and (text := _text(config[key])) is None:
            del config[key]
        elif key in config:
            config[key] = text
    if "architectures" in config:
        config["architectures"] = list(texts_in(config["architectures"]))
    return config

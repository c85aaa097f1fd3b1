"""What the Hub says of a repo, as the JSON objects its clients read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hubscore.localhub.cards import Card, auto_class, words
from hubscore.localhub.hashing import pointer
from hubscore.localhub.hub import Hub
from hubscore.localhub.refusals import Refusal
from hubscore.localhub.revisions import Repo
from hubscore.localhub.scan import Entry
from hubscore.localhub.store import Commit

KNOWN_BUT_ABSENT = frozenset(
    "childrenModelCount citation datasets description downloadsAllTime gguf inference inferenceProviderMapping mainSize"
    " mask_token models paperswithcode_id resourceGroup runtime spaces subdomain widgetData xetEnabled".split()
)
LISTED = {
    "model": (
        "author",
        "private",
        "downloads",
        "likes",
        "tags",
        "pipeline_tag",
        "library_name",
        "createdAt",
        "modelId",
    ),
    "dataset": (
        "author",
        "private",
        "gated",
        "disabled",
        "downloads",
        "likes",
        "tags",
        "createdAt",
        "lastModified",
        "sha",
    ),
    "space": ("author", "private", "likes", "tags", "createdAt", "sdk"),
}
FULL = ("sha", "lastModified", "gated", "disabled", "siblings")
DETAILED = {
    "model": (
        *(
            "author",
            "sha",
            "lastModified",
            "private",
            "gated",
            "disabled",
            "downloads",
            "likes",
            "tags",
            "pipeline_tag",
            "library_name",
            "modelId",
        ),
        *(
            "cardData",
            "config",
            "siblings",
            "safetensors",
            "transformersInfo",
            "model-index",
            "createdAt",
            "usedStorage",
        ),
    ),
    "dataset": (
        "author",
        "sha",
        "lastModified",
        "private",
        "gated",
        "disabled",
        "downloads",
        "likes",
        "tags",
        "cardData",
        "siblings",
        "createdAt",
        "usedStorage",
    ),
    "space": (
        "author",
        "sha",
        "lastModified",
        "private",
        "disabled",
        "likes",
        "tags",
        "cardData",
        "siblings",
        "createdAt",
        "sdk",
        "usedStorage",
    ),
}


class Describer:
    """Says single properties of a repo; only what is asked for is computed, and hashing only for ``sha``.

    Args:
        hub: where the repo lives.
        repo: the repo.
        commit: the revision, None for the newest one without hashing it.
        blobs: whether siblings carry sizes and hashes.
    """

    def __init__(self, hub: Hub, repo: Repo, commit: Commit | None = None, *, blobs: bool = False) -> None:
        self.hub, self.repo, self._commit, self.blobs = hub, repo, commit, blobs
        self.files: Mapping[str, Entry] = commit.files if commit else hub.revisions.files(repo)
        self.card = hub.card(repo, self.files)
        self.sidecar = hub.sidecar(repo)

    @property
    def commit(self) -> Commit:
        """The revision described."""
        if self._commit is None:
            self._commit = self.hub.revisions.find(self.repo, "main")
        return self._commit

    def object(self, names: tuple[str, ...]) -> dict[str, Any]:
        """The repo's id and the named properties; those that have no value are left out."""
        said = {name: PROPERTIES[name](self) for name in names if name in PROPERTIES}
        return {"_id": self.repo.key.repo_id, "id": self.repo.key.repo_id} | {
            name: value for name, value in said.items() if value is not None
        }

    def siblings(self) -> list[dict[str, Any]]:
        """The files, with sizes and hashes when asked for."""
        if not self.blobs:
            return [{"rfilename": name} for name in self.files]
        return [{"rfilename": name, **self._blob(entry)} for name, entry in self.files.items()]

    def last_modified(self) -> str:
        """When ``main`` last changed."""
        head = self.repo.record.branches.get("main")
        if head is None:
            return self.sidecar.last_modified or self.sidecar.created_at
        return self.hub.revisions.find(self.repo, "main").date

    def base_models(self) -> dict[str, Any] | None:
        """The models that the card names as bases."""
        names = words(self.card.data.get("base_model"))
        if not names:
            return None
        return {
            "relation": self.card.data.get("base_model_relation") or "finetune",
            "models": [{"id": name} for name in names],
        }

    def _blob(self, entry: Entry) -> dict[str, Any]:
        blob = self.hub.revisions.blob(entry)
        lfs = (
            {"lfs": {"sha256": blob.sha256, "size": entry.size, "pointerSize": len(pointer(blob.sha256, entry.size))}}
            if blob.sha256
            else {}
        )
        return {"size": entry.size, "blobId": blob.oid, **lfs}


PROPERTIES: Mapping[str, Callable[[Describer], Any]] = {
    "author": lambda it: it.repo.key.namespace or None,
    "baseModels": Describer.base_models,
    "cardData": lambda it: it.card.data or None,
    "config": lambda it: it.card.config,
    "createdAt": lambda it: it.sidecar.created_at,
    "disabled": lambda it: False,
    "downloads": lambda it: it.sidecar.downloads,
    "evalResults": lambda it: list(it.card.evaluations),
    "gated": lambda it: it.hub.gated(it.repo),
    "lastModified": Describer.last_modified,
    "library_name": lambda it: it.card.library,
    "likes": lambda it: it.sidecar.likes,
    "model-index": lambda it: it.card.data.get("model-index"),
    "modelId": lambda it: it.repo.key.repo_id,
    "pipeline_tag": lambda it: it.card.task,
    "private": lambda it: it.hub.is_private(it.repo),
    "safetensors": lambda it: it.card.safetensors,
    "sdk": lambda it: it.card.data.get("sdk") or it.repo.record.sdk,
    "sha": lambda it: it.commit.sha,
    "siblings": Describer.siblings,
    "tags": lambda it: tags_of(it.card),
    "transformersInfo": lambda it: auto_class(it.card, it.files),
    "trendingScore": lambda it: it.sidecar.likes,
    "usedStorage": lambda it: sum(entry.size for entry in it.files.values()),
}


def tags_of(card: Card) -> list[str]:
    """The tags of a repo, with the one every repo has."""
    return [*card.tags, "region:us"]


def wanted(kind: str, expand: list[str], default: tuple[str, ...]) -> tuple[str, ...]:
    """The properties to answer with.

    Raises:
        Refusal: 400 for a property that no Hub has.
    """
    for name in expand:
        if name not in PROPERTIES and name not in KNOWN_BUT_ABSENT:
            raise Refusal(400, f"expand: {name!r} is not a property of a {kind}")
    return tuple(expand) or default

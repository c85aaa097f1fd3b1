"""A bounded disk: what this run downloaded can be taken off again, what was there before stays."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from hubscore.candidates.download import download, download_config
from hubscore.candidates.label_names import read_label_names
from hubscore.hub.client import hub_id, snapshot_folder
from hubscore.hub.outage import Outage
from hubscore.types import Candidate


@dataclass
class Downloader:
    """Downloads candidates and remembers what the Hub's cache held before.

    Args:
        token: as the Hub client takes it.

    Attributes:
        label_names: what each checkpoint calls its own classes, of those whose configuration was fetched.
        outage: what downloads met, and whether the Hub is still asked.
    """

    token: str | bool | None = None
    label_names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    outage: Outage = field(default_factory=Outage)
    _before: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)

    def download(self, candidate: Candidate) -> Path:
        """Return the candidate's folder, downloaded if need be; errors as
        :func:`hubscore.candidates.download.download`.
        """
        self._remember(candidate)
        return self.outage.ask(
            candidate.repo_id,
            lambda: download(candidate, token=self.token),
            lambda: download(candidate, token=self.token, offline=True),
        )

    def download_config(self, candidate: Candidate) -> Path:
        """Return the folder with at least the candidate's configuration."""
        self._remember(candidate)
        folder = self.outage.ask(
            candidate.repo_id,
            lambda: download_config(candidate, token=self.token),
            lambda: download_config(candidate, token=self.token, offline=True),
        )
        self.label_names[candidate.repo_id] = read_label_names(folder)
        return folder

    def evict(self, candidate: Candidate) -> int:
        """Delete what this run downloaded of a candidate and return the bytes freed; a local folder is never
        touched.
        """
        from huggingface_hub import scan_cache_dir
        from huggingface_hub.errors import CacheNotFound

        before = self._before.pop(candidate.repo_id, None)
        if before is None or not snapshot_folder(hub_id(candidate), candidate.revision).is_dir():
            return 0
        try:
            cache = scan_cache_dir()
        except CacheNotFound:
            return 0
        if before:
            repos = [repo for repo in cache.repos if repo.repo_type == "model" and repo.repo_id == hub_id(candidate)]
            revisions = [
                revision for repo in repos for revision in repo.revisions if revision.commit_hash == candidate.revision
            ]
            ours = [file for revision in revisions for file in revision.files if file.file_name not in before]
            strategy = cache.delete_files(*ours)
        else:
            strategy = cache.delete_revisions(candidate.revision)
        strategy.execute()
        return strategy.expected_freed_size

    def _remember(self, candidate: Candidate) -> None:
        """Note what the cache holds of this commit before the first download."""
        if candidate.path is None and candidate.repo_id not in self._before:
            folder = snapshot_folder(hub_id(candidate), candidate.revision)
            self._before[candidate.repo_id] = (
                frozenset(path.name for path in folder.iterdir()) if folder.is_dir() else frozenset()
            )

"""Which repos of a listing a query admits; each drop has a reason that many repos share, to count by."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hubscore.candidates.card_metadata import license_of
from hubscore.candidates.compatibility import refusal
from hubscore.candidates.query import Query
from hubscore.candidates.repo_info import RepoInfo
from hubscore.candidates.weights import choose_weights, is_pickle
from hubscore.hub.retry import retry
from hubscore.modalities.base import Modality
from hubscore.modalities.registry import DEFAULT, MODALITIES

if TYPE_CHECKING:
    from huggingface_hub import HfApi


@dataclass(frozen=True)
class CandidateFilter:
    """The filters of one query.

    Args:
        query: what the person asked for.
        api: the Hub client; asked only about gated repos that everything else speaks for.
        modality: whose networks are wanted.
    """

    query: Query
    api: HfApi
    modality: Modality = field(default_factory=lambda: MODALITIES.get(DEFAULT))

    def reason_against(self, info: RepoInfo) -> str | None:
        """Return why a repo is left out, or none."""
        if info.name in self.query.without:
            return "passed over by name"
        if info.disabled:
            return "disabled"
        if info.private:
            return "private"
        if info.gated and not self._may_be_open():
            return "gated"
        refused = refusal(info, [self.modality])
        if refused and refused.kind in ("adapter", "quantised copy", "GGUF only", "custom code"):
            return refused.kind
        reason = self._of_kind(info) or (refused.kind if refused else None) or self._of_size(info)
        if reason is None and info.gated and not self._has_access(info.name):
            return "gated"
        return reason

    def _of_kind(self, info: RepoInfo) -> str | None:
        if not self.modality.takes(info):
            return f"not {_article(self.modality.name)} {self.modality.name} network"
        library = self.modality.library_of(info)
        if library is None or (self.query.libraries and library not in self.query.libraries):
            return "other library"
        if self.query.licenses and license_of(info) not in {name.lower() for name in self.query.licenses}:
            return "other licence"
        return None

    def _of_size(self, info: RepoInfo) -> str | None:
        weights = choose_weights(info.files)
        if is_pickle(weights) or (weights is None and not info.dtypes):
            return "no safetensors weights"
        most, fewest = self.query.max_params, self.query.min_params
        if info.parameters is None:
            return "number of parameters unknown" if most is not None or fewest is not None else None
        if most is not None and info.parameters > most:
            return f"more than {format_millions(most)} parameters"
        if fewest is not None and info.parameters < fewest:
            return f"fewer than {format_millions(fewest)} parameters"
        return None

    def _may_be_open(self) -> bool:
        """Whether it is worth asking for access: never for a bare search, and never without a token."""
        from huggingface_hub import get_token

        token = self.api.token if self.api.token is not None else get_token()
        return not self.query.bare and bool(token)

    def _has_access(self, repo_id: str) -> bool:
        from huggingface_hub.utils import httpx

        try:
            retry(lambda: self.api.auth_check(repo_id))
        except (OSError, httpx.HTTPError):  # gated, or a Hub that cannot tell: either way its files may not come
            return False
        return True


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"


def format_millions(count: int) -> str:
    """Write a number of parameters: ``100 M``, ``1.2 B``, ``850 k``."""
    for size, unit in ((10**9, "B"), (10**6, "M"), (10**3, "k")):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return str(count)

"""How the models of a history are built, seen without their weights, where a configuration is at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from hubscore.errors import HubscoreError
from hubscore.hub.client import cached_snapshot
from hubscore.recommend.history import History, ModelFacts
from hubscore.results.names import HUB_ID
from hubscore.text import amount, clean
from hubscore.types import Candidate

if TYPE_CHECKING:
    from hubscore.models.without_weights import EmptyNetwork

_CONFIG = "config.json"
_SHOWN = 3


@dataclass(frozen=True)
class Architectures:
    """What was seen.

    Attributes:
        counts: how often each subtree of the graph occurs, by model.
        known: models whose architecture the history knew before.
        absent: models that are not at hand.
        failed: reasons by model, where a configuration is there and no graph came of it.
    """

    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    known: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    failed: Mapping[str, str] = field(default_factory=dict)

    @property
    def notes(self) -> list[str]:
        """What to say of it, in sentences."""
        every = len(self.counts) + len(self.known) + len(self.absent) + len(self.failed)
        seen = len(self.counts) + len(self.known)
        said = [f"archi2vec: the architectures of {seen} of {amount(every, 'model', 'models')} are known"]
        if self.absent:
            where = "in the Hub's cache, in timm or in --checkpoints DIR"
            said.append(f"archi2vec: not at hand ({where}): {_some(self.absent)}")
        if self.failed:
            first = next(iter(self.failed))
            said.append(f"archi2vec: not built: {_some(tuple(self.failed))} ({clean(first)}: {self.failed[first]})")
        if 2 * seen < every:
            said.append("archi2vec: fewer than half are known, so META goes by the names of families")
        return said


def see_architectures(history: History, folders: Sequence[Path] = ()) -> Architectures:
    """Return how the models of a history are built; nothing is downloaded, and no weights are read.

    A model is at hand where the Hub's cache or one of the folders has its ``config.json``, or where it is one of timm
    by its name. torch is loaded only if one is.

    Args:
        history: models whose architecture it knows are not looked at again.
        folders: hold checkpoints as ``NAME`` or ``OWNER/NAME``.
    """
    counts: dict[str, Mapping[str, int]] = {}
    absent, failed = list[str](), dict[str, str]()
    for model in history.models:
        if model in history.architecture_counts:
            continue
        try:
            found = _counts(model, history.model_facts.get(model, ModelFacts()).revision, folders)
        except HubscoreError as error:
            failed[model] = clean(error.why or error.what)
            continue
        if found is None:
            absent.append(model)
        else:
            counts[model] = found
    known = tuple(model for model in history.models if model in history.architecture_counts)
    return Architectures(counts, known, tuple(absent), failed)


def _counts(model: str, revision: str | None, folders: Sequence[Path]) -> Mapping[str, int] | None:
    folder = _folder_of(model, revision, folders)
    owner, _, name = model.partition("/")
    empty: EmptyNetwork | None = None
    if folder is not None:
        from hubscore.models.without_weights import empty_network

        empty = empty_network(Candidate(model, revision or "", "", modality="image"), folder)
    elif owner == "timm" and name:
        from hubscore.models.without_weights import empty_timm

        empty = empty_timm(name.partition("@")[0].partition(".")[0])
    if empty is None:
        return None
    from hubscore.errors import CandidateError
    from hubscore.recommend.archi2vec.autograd_graph import architecture_graph
    from hubscore.recommend.archi2vec.weisfeiler_lehman import subtrees

    try:
        return subtrees(architecture_graph(empty.module, empty.example))
    except HubscoreError:
        raise
    except Exception as error:  # a network may need values where there are none
        why = f"it does not run without weights ({type(error).__name__})"
        raise CandidateError(f"The architecture of {clean(model)} cannot be seen", why) from error


def _folder_of(model: str, revision: str | None, folders: Sequence[Path]) -> Path | None:
    """Return where a model's configuration lies; a name that leads out of a folder leads nowhere."""
    name = model.partition("@")[0]
    if not HUB_ID.fullmatch(name):
        return None
    places = [folder / part for folder in folders for part in (name, name.rpartition("/")[2])]
    cached = cached_snapshot(name, revision) or cached_snapshot(name, None)
    return next((place for place in (*places, *([cached] if cached else ())) if (place / _CONFIG).is_file()), None)


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(clean(name) for name in names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown

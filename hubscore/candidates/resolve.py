"""Candidates that the person named: ids, revisions, URLs, folders and saved lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from os import PathLike, fspath
from os.path import isfile
from pathlib import Path
from typing import TYPE_CHECKING

from hubscore.candidates import local_folders as local
from hubscore.candidates.candidate_set import CandidateSet
from hubscore.candidates.compatibility import modality_of, refusal
from hubscore.candidates.from_repo_info import candidate_from_repo_info
from hubscore.candidates.hub_info import repo_info_on_hub
from hubscore.candidates.identifiers import parse_name
from hubscore.candidates.repo_info import RepoInfo
from hubscore.candidates.saved_lists import Listed, read_list
from hubscore.errors import CandidateError, ErrorCode, HubError, HubscoreError, reason_of
from hubscore.hub.client import hub_id
from hubscore.hub.near_names import did_you_mean, near_names, other_kind
from hubscore.hub.outage import outage_code
from hubscore.modalities.registry import MODALITIES
from hubscore.types import Candidate, Skipped

if TYPE_CHECKING:
    from huggingface_hub import HfApi

_MOST_HINTS = 3
_CALLED = {"model": "model", "dataset": "data set", "space": "Space"}


def resolve_candidates(
    names: str | Iterable[str | PathLike[str]], *, api: HfApi, modality: str | None = None
) -> CandidateSet:
    """Pin every named candidate to what it is now.

    Args:
        names: one or several ids (``org/name``, ``org/name@revision``), URLs, folders that hold checkpoints, files that
            list candidates.
        api: the Hub client.
        modality: whose networks are wanted; any by default.

    Returns:
        The candidates in the order given, each once, and those that cannot be ranked with the reason.

    Raises:
        CandidateError: none of them can be used.
        UsageError: a candidate list cannot be read.
        HubError: the Hub cannot be reached.

    Example:
        >>> found = resolve_candidates(["./my-vit", "timm/resnet18.a1_in1k"], api=hub_api())  # doctest: +SKIP
        >>> found.candidates[0].revision[:6]  # doctest: +SKIP
        'local-'
    """
    resolver = _NameResolver(api)
    for entry in _unlisted([names] if isinstance(names, str) else [fspath(name) for name in names]):
        resolver.add(*entry)
    return of_modality(resolver.candidate_set(), modality)


def of_modality(found: CandidateSet, modality: str | None) -> CandidateSet:
    """Return the candidates of one modality, the others as skipped; all of them where none is asked for.

    Raises:
        CandidateError: none is left.
    """
    if modality is None:
        return found
    kept = tuple(one for one in found.candidates if one.modality == modality)
    wanted, errors = MODALITIES.get(modality).nouns[1], []
    for one in found.candidates:
        if one.modality != modality:
            takes = MODALITIES.get(one.modality).nouns[1]
            errors.append(_not_rankable(one.repo_id, f"it takes {takes}, and the data set holds {wanted}"))
    skipped = (
        *found.skipped,
        *(Skipped(str(error.subject), reason_of(error), code=outage_code(error)) for error in errors),
    )
    if errors and not kept:
        raise errors[0] if len(skipped) == 1 else _none_left(skipped)
    return replace(found, candidates=kept, skipped=skipped)


def _unlisted(names: Iterable[str]) -> Iterator[Listed]:
    """Replace each file by the entries that it lists."""
    for text in names:
        path = Path(text).expanduser()
        if isfile(path):  # unlike the method, no error for names that no file can have
            yield from read_list(path)
        else:
            yield Listed(text)


@dataclass
class _NameResolver:
    """What the names have come to so far."""

    api: HfApi
    candidates: dict[str, Candidate] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    errors: list[HubscoreError] = field(default_factory=list)
    input_sizes: dict[str, int] = field(default_factory=dict)

    def add(self, text: str, input_size: int | None = None) -> None:
        """Take in one name, and at which size it shall run; what is wrong with it becomes a skip."""
        try:
            name = parse_name(text, endpoint=self.api.endpoint)
            if name.folder is not None:
                self._add_folder(text, name.folder, input_size)
            elif name.repo_id is not None:
                self._keep(self._on_hub(name.repo_id, name.revision), input_size)
        except CandidateError as error:
            self._skip(text, error)
        except HubError as error:
            if not self.candidates and error.code == ErrorCode.UNREACHABLE:
                raise  # no Hub at all: asking again for every name would only take long
            self._skip(text, error)
        except OSError as error:
            self._skip(text, _unreadable(text, str(error), "check the folder and its permissions"))
        except Exception as error:  # whatever its owner or a plug-in's rules made of it, one never stops the others
            self._skip(text, _unreadable(text, f"{type(error).__name__}: {error}", "choose another model"))

    def candidate_set(self) -> CandidateSet:
        """Return what there is, or raise when it is nothing."""
        if self.candidates or not self.errors:
            return CandidateSet(
                candidates=tuple(self.candidates.values()), skipped=tuple(self.skipped), input_sizes=self.input_sizes
            )
        if len(self.errors) == 1:
            raise self.errors[0]
        raise _none_left(self.skipped)

    def _skip(self, text: str, error: HubscoreError) -> None:
        self.errors.append(error)
        self.skipped.append(Skipped(text, reason_of(error), code=outage_code(error)))

    def _add_folder(self, text: str, folder: Path, input_size: int | None) -> None:
        below = local.checkpoints(folder)
        if not below:
            fix = "name a folder that holds config.json and model.safetensors"
            raise CandidateError(
                f"Folder {text!r} holds no checkpoint", "there is no config.json in it or below it", fix
            )
        for path in below:
            inner = path.relative_to(folder).as_posix()
            name = text.rstrip("/") if inner == "." else f"{text.rstrip('/')}/{inner}"
            try:
                self._keep(local.from_folder(path, name), input_size)
            except CandidateError as error:
                self._skip(name, error)

    def _on_hub(self, repo_id: str, revision: str | None) -> RepoInfo:
        """Look a repo up; an unknown one gets a hint at names that exist."""
        try:
            return repo_info_on_hub(repo_id, revision, self.api)
        except CandidateError as error:
            if error.code != ErrorCode.REPO_NOT_FOUND or len(self.errors) >= _MOST_HINTS:
                raise
            near = near_names(repo_id, self.api)
            why, fix = error.why, did_you_mean(near) or error.fix
            other = other_kind(repo_id, self.api, kind="model")
            if other is not None:
                why = f"it is a {_CALLED[other]}, and a candidate must be a model"
                fix = f"hubscore rank {repo_id} --models ID" if other == "dataset" else "name a model as owner/name"
            details = {**error.details, "near": tuple(near)}
            raise CandidateError(error.what, why, fix, code=error.code, **details) from error

    def _keep(self, info: RepoInfo, input_size: int | None) -> None:
        refused = refusal(info)
        if refused:
            raise _not_rankable(info.name, refused.reason)
        modality = modality_of(info)
        assert modality is not None  # or there would have been a refusal
        for known in self.candidates.values():
            if hub_id(known) == info.name and known.revision == info.revision:
                if known.input_size != input_size:
                    raise _named_at_two_sizes(info.name, known.input_size, input_size)
                return
        # One repo at two revisions is two candidates: the later one carries its commit in its name.
        repo_id = f"{info.name}@{info.revision[:7]}" if info.name in self.candidates else info.name
        candidate = candidate_from_repo_info(info, repo_id=repo_id, modality=modality)
        size = modality.input_size_of(info.config, info.name)
        self.candidates[repo_id] = replace(candidate, input_size=input_size)
        if size is not None:
            self.input_sizes[repo_id] = size


def _not_rankable(name: str, why: str) -> CandidateError:
    what = "cannot be ranked"
    return CandidateError(f"{name!r} {what}", why, subject=name, predicate=what)


def _named_at_two_sizes(name: str, first: int | None, second: int | None) -> CandidateError:
    sizes = " and ".join("its own size" if size is None else f"{size} pixels" for size in (first, second))
    what, why = "cannot be ranked at two sizes", f"it is named at {sizes}, and the first counts"
    return CandidateError(f"{name!r} {what}", why, "name it once", subject=name, predicate=what)


def _unreadable(text: str, why: str, fix: str) -> CandidateError:
    what = "cannot be read"
    return CandidateError(f"{text!r} {what}", why, fix, subject=text, predicate=what)


def _none_left(skipped: Sequence[Skipped]) -> CandidateError:
    listed = "; ".join(f"{item.model} ({item.reason})" for item in skipped[:5])
    rest = f"; and {len(skipped) - 5} more" if len(skipped) > 5 else ""
    what = f"None of the {len(skipped)} named models can be ranked"
    return CandidateError(what, listed + rest, "name others with --models")

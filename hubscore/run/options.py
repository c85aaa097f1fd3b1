"""What can be chosen of a run, declared once for the command line and for Python: data, candidates, how they run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, get_args

from hubscore.errors import UsageError
from hubscore.hub.near_names import near_words
from hubscore.run.exclusion import read_exclusion
from hubscore.run.keywords import Options, option
from hubscore.run.panels import CANDIDATES, COUNT, DATA, EVIDENCE, LIMITS, RESULTS, WORD, WORDS
from hubscore.run.run_options import BUDGET_GB, RunOptions
from hubscore.types import Target

if TYPE_CHECKING:
    from hubscore.candidates.query import Query

__all__ = [
    "BUDGET_GB",
    "CANDIDATES",
    "COUNT",
    "DATA",
    "EVIDENCE",
    "LIMITS",
    "RESULTS",
    "WORD",
    "WORDS",
    "CandidateOptions",
    "DataOptions",
    "RunOptions",
]


@dataclass(frozen=True, kw_only=True)
class DataOptions(Options):
    """Which rows of a data set are looked at, and how they are read.

    Raises:
        UsageError: a value that no data set could be read with.

    Example:
        >>> DataOptions(split="test").samples
        500
    """

    parameter: ClassVar[str] = "data"
    former: ClassVar[Mapping[str, str]] = {"image_column": "input_column"}

    config: str | None = option(None, "Configuration of the data set.", "--config", WORD, DATA, "NAME")
    split: str | None = option(
        None, "Split to draw rows from; train where there is one.", "--split", WORD, DATA, "NAME"
    )
    revision: str | None = option(None, "Branch, tag or commit of the data set.", "--revision", WORD, DATA, "REV")
    read_as: str | None = option(
        None,
        "Read the files as folder, csv, json, parquet, ...; classes or splits says what the first folders are,"
        " subfolders that those in them are the classes.",
        "--as --read-as",
        WORD,
        DATA,
        "FORMAT",
        python="What the files are: folder, csv, json, parquet, arrow, webdataset, hdf5 or archive; found by their"
        " endings otherwise. ``classes`` or ``splits`` says what the first folders are, ``subfolders`` that those in"
        " them are the classes.",
    )
    modality: str | None = option(
        None, "Kind of input, for example image; found by the columns otherwise.", "--modality", WORD, DATA, "NAME"
    )
    input_column: str | None = option(
        None,
        "Column with the images, or other input; found by type otherwise.",
        "--input-column --image-column",
        WORD,
        DATA,
        "NAME",
    )
    text_column: str | None = option(
        None, "Column with the texts; found by type and name otherwise.", "--text-column", WORD, DATA, "NAME"
    )
    pair_column: str | None = option(
        None,
        "Column with the second text of each pair; pairs are found by their names otherwise.",
        "--pair-column",
        WORD,
        DATA,
        "NAME",
    )
    label_column: str | None = option(
        None, "Column with the labels; found by type and name otherwise.", "--label-column", WORD, DATA, "NAME"
    )
    target: Target | None = option(
        None,
        "classification, multilabel, regression or annotation.",
        "--target",
        WORD,
        DATA,
        "KIND",
        python="What the labels are: classification, multilabel, regression or annotation; found by type otherwise.",
    )
    unlabeled: bool = option(
        False,
        "Use only what needs no labels: energy and baselines, or --reference.",
        "--unlabeled",
        bool,
        DATA,
        python="Use only what needs no labels: energy and baselines, or ``reference``.",
    )
    samples: int = option(500, "Rows of your data to look at.", "--samples", int, EVIDENCE, "N", min=2)
    seed: int = option(0, "Seed of the draw and of every random step.", "--seed", int, EVIDENCE, "N", min=0)
    probe_bytes: int = option(
        2_000_000_000, "Most bytes read of your data set.", "--probe-bytes", float, LIMITS, "2e9", min=1
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "probe_bytes", int(self.probe_bytes))  # the command line reads 2e9
        self._check_texts()
        for name in ("label_column", "target"):
            if self.unlabeled and getattr(self, name) is not None:
                flag = f"--{name.replace('_', '-')}"
                why = "the one says how labels are read, the other that none are"
                raise UsageError(
                    f"{flag} and --unlabeled exclude each other", why, f"drop {flag}", options=(name, "unlabeled")
                )
        if self.target is not None and self.target not in get_args(Target):
            near = next(iter(near_words(self.target, get_args(Target))), "classification")
            why = f"targets are {', '.join(get_args(Target))}"
            raise UsageError(f"There is no target {self.target!r}", why, f"--target {near}")

    def _check_texts(self) -> None:
        """Let the columns of texts say that the data set is one of texts."""
        named = "--text-column" if self.text_column is not None else "--pair-column"
        if self.text_column is None and self.pair_column is None:
            return
        if self.modality not in (None, "text"):
            why = f"the modality is {self.modality}"
            raise UsageError(f"{named} is for texts", why, f"leave out {named}, or --modality text", options=(named,))
        if self.text_column is not None and self.input_column is not None:
            what = "--text-column and --input-column exclude each other"
            raise UsageError(what, "both name the input column", "drop --input-column", options=_COLUMNS)
        object.__setattr__(self, "modality", "text")

    @property
    def named_inputs(self) -> tuple[str | None, str | None]:
        """The input column that was named, and the second column of pairs."""
        return self.text_column or self.input_column, self.pair_column


@dataclass(frozen=True, kw_only=True)
class CandidateOptions(Options):
    """Which checkpoints are candidates: those named, or those that a search of the Hub lists.

    Raises:
        UsageError: models are named and searched for at once, or a filter cannot be read.

    Example:
        >>> CandidateOptions(search="resnet", max_params="25M").to_query().max_params
        25000000
    """

    parameter: ClassVar[str] = "candidates"

    models: Sequence[str] | None = option(
        None,
        "Exactly these: ids, ID@REV, folders, files that list them, - for standard input; skips the search.",
        "--models",
        WORDS,
        CANDIDATES,
        "ID ...",
        python="Ids, ``id@revision``, folders, or files that list them; without, the Hub is searched.",
    )
    query: Query | None = option(
        None,
        "What to search the Hub for, as an object in place of the filters below; by default the 20 most downloaded"
        " checkpoints for the task, one per architecture family.",
    )
    search: str | None = option(None, "Words in the repo id; '' for all.", "--search", WORD, CANDIDATES, "TEXT")
    task: str | None = option(
        None, "Pipeline tag, for example image-classification.", "--task", WORD, CANDIDATES, "TAG"
    )
    library: Sequence[str] | None = option(
        None,
        "timm or transformers; repeatable.",
        "--library",
        WORDS,
        CANDIDATES,
        "NAME",
        python="timm, transformers, or a list of them.",
    )
    license: Sequence[str] | None = option(
        None,
        "Licence tag; repeatable.",
        "--license",
        WORDS,
        CANDIDATES,
        "NAME",
        python="Licence tag, or a list of them.",
    )
    max_params: str | int | None = option(
        None,
        "Largest network, in parameters; 100M by default, none lifts it.",
        "--max-params",
        WORD,
        CANDIDATES,
        "100M",
        python='Most parameters, as a number or like "25M"; "none" lifts the limit of 100M.',
    )
    min_params: str | int | None = option(
        None,
        "Smallest network, in parameters.",
        "--min-params",
        WORD,
        CANDIDATES,
        "1M",
        python='Fewest parameters, as a number or like "1M".',
    )
    author: str | None = option(None, "User or organisation.", "--author", WORD, CANDIDATES, "NAME")
    tag: Sequence[str] | None = option(
        None, "Any Hub tag; repeatable.", "--tag", WORDS, CANDIDATES, "TAG", python="Any Hub tag, or a list of them."
    )
    base_model: str | None = option(None, "Only what derives from this repo.", "--base-model", WORD, CANDIDATES, "ID")
    sort: str | None = option(
        None,
        "downloads, likes, trending_score, created_at, last_modified.",
        "--sort",
        WORD,
        CANDIDATES,
        "KEY",
        python="What there is most of comes first: downloads, likes, trending_score, created_at or last_modified.",
    )
    limit: int | None = option(None, "How many candidates; 20 by default.", "--limit", COUNT, CANDIDATES, "N", min=1)
    scan: int | None = option(
        None,
        "How many listed repos are looked at; 5000 by default.",
        "--scan",
        COUNT,
        CANDIDATES,
        "N",
        min=1,
        python="How many repos of the Hub's listing are looked at before the search gives up; 5000 by default.",
    )
    diverse: bool | None = option(
        None, "One per architecture family.", "--diverse/--no-diverse", bool | None, CANDIDATES
    )
    exclude_contaminated: bool | str = option(
        False,
        "Leave out what declares this data in its card; =all: also what has the same classes.",
        "--exclude-contaminated",
        WORD,
        CANDIDATES,
        "[=all]",
        python='Leave out checkpoints whose card, or base model\'s, names the data; ``"all"``: also same classes.',
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        self.to_query()
        object.__setattr__(self, "exclude_contaminated", read_exclusion(self.exclude_contaminated))

    def to_query(self) -> Query | None:
        """Return what to search for, or none where the models are named."""
        from hubscore.candidates.query import Query

        filters = self._filters()
        if self.models and (filters or self.query is not None):
            other = next(iter(filters)) if filters else "query"
            name = "query=" if not filters else f"--{_SINGULAR.get(other, other).replace('_', '-')}"
            what, why = f"--models and {name} exclude each other", "--models names the candidates: nothing is searched"
            raise UsageError(what, why, "drop one", options=(other, name, "models"))
        if self.query is not None and filters:
            what = f"query= and {_SINGULAR.get(first := next(iter(filters)), first)}= exclude each other"
            raise UsageError(what, "a query holds every filter already", "drop one")
        return None if self.models else self.query or Query(**filters)

    def _filters(self) -> dict[str, Any]:
        """Return the filters that are set, as :class:`~hubscore.candidates.query.Query` names them."""
        from hubscore.candidates.query import parse_count

        given: dict[str, Any] = {
            "search": self.search,
            "task": self.task,
            "libraries": _several(self.library),
            "licenses": _several(self.license),
            "author": self.author,
            "tags": _several(self.tag),
            "base_model": self.base_model,
            "sort": self.sort,
            "limit": self.limit,
            "diverse": self.diverse,
            "scan": self.scan,
        }
        given = {name: value for name, value in given.items() if value is not None}
        for name, bound in (("max_params", self.max_params), ("min_params", self.min_params)):
            if bound is not None:
                given[name] = parse_count(str(bound), f"--{name.replace('_', '-')}")
        return given


_COLUMNS = ("text_column", "input_column")
_SINGULAR = {"libraries": "library", "licenses": "license", "tags": "tag"}


def _several(words: Sequence[str] | None) -> tuple[str, ...] | None:
    """Return one word or many as a tuple; none where there are none."""
    if not words:
        return None
    return (words,) if isinstance(words, str) else tuple(words)

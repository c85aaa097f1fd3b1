"""Reading a results data set, from the Hub or from a folder of the same layout."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING

from hubscore.errors import DatasetError, StorageError
from hubscore.hub.addresses import repo_named
from hubscore.hub.errors import explain_error
from hubscore.hub.retry import retry
from hubscore.results.contents import OPTOUT, READ, Contents, read_optout
from hubscore.results.runs import RUNS, Run, read_run, run_path
from hubscore.results.saved_ranking import load_ranking
from hubscore.text import amount
from hubscore.types import Json, Ranking

if TYPE_CHECKING:
    import pyarrow as pa
    from huggingface_hub import HfApi


@dataclass(frozen=True)
class Results:
    """A results data set as it is at one moment.

    Attributes:
        source: the repo id, or the folder.
        revision: the commit, none for a folder.
        public: anybody may read it on the Hub; a folder is not public.
        contents: files that were read, and the names of all.
        fetch: returns the content of a file by its path.
    """

    source: str
    revision: str | None
    public: bool
    contents: Contents
    fetch: Callable[[str], bytes] = field(repr=False, compare=False)

    @property
    def table(self) -> pa.Table:
        """The leaderboard, one line for each model of each run; see :func:`hubscore.results.build_leaderboard`."""
        return self.contents.table()

    @property
    def together(self) -> pa.Table:
        """The leaderboard as the Space shows it: the runs over the same rows as one pool, of each publisher the newest
        values of a model; see :mod:`hubscore.results.union`.
        """
        from hubscore.results.together import together

        return together(self.table, self.scores)

    @property
    def scores(self) -> Json:
        """What each score measures, by name."""
        return self.contents.scores()

    @property
    def optout(self) -> frozenset[str]:
        """Owners and models that want no pull request, in lower case."""
        return read_optout(self.contents.files[OPTOUT]) if OPTOUT in self.contents.files else frozenset()

    @property
    def run_ids(self) -> tuple[str, ...]:
        """The runs that are there, oldest first."""
        beginning = f"{RUNS}/"
        return tuple(
            sorted(
                name[len(beginning) : -5]
                for name in self.contents.names
                if name.startswith(beginning) and name.endswith(".json")
            )
        )

    def run(self, run_id: str) -> Run:
        """Return one run in full.

        Raises:
            StorageError: there is no such run, or a newer hubscore wrote it.
        """
        path = run_path(run_id)
        if path not in self.contents.names:
            near = get_close_matches(run_id, self.run_ids, n=1, cutoff=0.6)
            why = f"it has {amount(len(self.run_ids), 'run', 'runs')}; run_ids lists them"
            fix = f"did you mean {near[0]}?" if near else "use one of run_ids"
            raise StorageError(f"There is no run '{run_id}' in '{self.source}'", why, fix)
        return read_run(self.fetch(path), path)

    def rankings(self) -> Iterator[Ranking]:
        """Yield every run as a ranking, oldest first; each is fetched when its turn comes.

        Raises:
            StorageError: one is damaged, or a newer hubscore wrote it.
        """
        return (self.run(run_id).ranking for run_id in self.run_ids)


def read_rankings(*sources: str | PathLike[str], api: HfApi | None = None) -> Iterator[Ranking]:
    """Yield past rankings, however they were kept; those of one source oldest first, or in the order of file names.

    Args:
        sources: results data sets on the Hub, folders with the same layout, rankings saved as JSON, or folders
            of those.
        api: the Hub client; by default one with the saved token.

    Raises:
        DatasetError: there is no such repo.
        HubError: the Hub refused, failed or cannot be reached.
        StorageError: a ranking is damaged, or a newer hubscore wrote it.

    Example:
        >>> for ranking in read_rankings("alice/hubscore-results", "my-rankings/"):  # doctest: +SKIP
        ...     print(ranking.probe.dataset, ranking.best.model, ranking.agreement.with_baselines.get("size"))
    """
    for source in sources:
        path = Path(source)
        if path.is_file():
            yield load_ranking(path)
        elif path.is_dir() and not (path / RUNS).is_dir():
            yield from (load_ranking(file) for file in sorted(path.glob("*.json")))
        else:
            yield from read_results(source, api).rankings()


def read_results(source: str | PathLike[str], api: HfApi | None = None) -> Results:
    """Read a results data set.

    Args:
        source: a repo on the Hub, by its id or address, or a folder that
            :func:`hubscore.publish.results.write_results` wrote.
        api: the Hub client; by default one with the saved token.

    Raises:
        DatasetError: there is no such repo.
        HubError: the Hub refused, failed or cannot be reached.
        StorageError: the folder cannot be read.

    Example:
        >>> results = read_results("alice/hubscore-results")  # doctest: +SKIP
        >>> rows = results.together.to_pandas()  # doctest: +SKIP
        >>> rows.query("dataset == 'user/birds'").sort_values("rank").model.iloc[0]  # doctest: +SKIP
        'timm/resnet50.a1_in1k'
    """
    folder = Path(source)
    if folder.is_dir():
        return read_folder(folder)
    if api is None:
        from hubscore.hub.client import hub_api

        api = hub_api()
    return read_repo(repo_named(fspath(source), "dataset", api.endpoint), api)


def read_optouts(repo: str, api: HfApi) -> frozenset[str]:
    """Return the owners and models that want no entry, in lower case, and read nothing else; nobody where there is no
    such repo.

    Raises:
        HubError: the Hub refused, failed or cannot be reached.
    """
    try:
        return read_repo(repo, api, wanted=[OPTOUT]).optout
    except DatasetError:  # no such repo, or one that this token may not see
        return frozenset()


def read_folder(folder: Path, also: Collection[str] = ()) -> Results:
    """Read a folder; a missing one is an empty results data set."""

    def fetch(path: str) -> bytes:
        try:
            return (folder / path).read_bytes()
        except OSError as error:
            raise StorageError(
                f"Cannot read '{folder / path}'", error.strerror or str(error), "check the folder and its permissions"
            ) from error

    names = frozenset(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    files = {path: fetch(path) for path in (*READ, *also) if path in names}
    return Results(str(folder), None, False, Contents(files, names), fetch)


def read_repo(repo: str, api: HfApi, also: Sequence[str] = (), *, wanted: Sequence[str] = READ) -> Results:
    """Read a repo at its newest commit.

    Args:
        repo: the data set's id.
        api: the Hub client.
        also: further paths to read now, where they exist.
        wanted: the paths to read now; by default what an update needs.

    Raises:
        DatasetError: there is no such repo.
        HubError: the Hub refused, failed or cannot be reached.
    """
    from huggingface_hub.utils import httpx

    def fetch(path: str) -> bytes:
        # Pinned to the commit, so that what was read once is read from the client's cache.
        local = api.hf_hub_download(repo, path, repo_type="dataset", revision=sha)
        return Path(local).read_bytes()

    try:
        info = retry(lambda: api.dataset_info(repo))
        sha = info.sha or "main"
        names = frozenset(file.rfilename for file in info.siblings or ())
        files = {path: retry(partial(fetch, path)) for path in (*wanted, *also) if path in names}
    except (OSError, ValueError, httpx.HTTPError) as error:
        raise explain_error(error, repo, kind="dataset") from error
    return Results(repo, sha, not (info.private or info.gated or info.disabled), Contents(files, names), fetch)

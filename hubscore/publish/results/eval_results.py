"""`.eval_results/` of models, for the benchmarks that ask for hubscore's numbers and for no others.

A value in `.eval_results/` is ranked on the benchmark's own leaderboard. An estimate of transferability there would
pass for a measured accuracy, unless the benchmark itself has a task for it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any

from hubscore.errors import CandidateError, HubError, HubscoreError, UsageError, reason_of
from hubscore.hub.addresses import repo_named
from hubscore.hub.client import hub_api
from hubscore.hub.errors import explain_error
from hubscore.hub.retry import retry
from hubscore.publish.cards.entry import pool_id
from hubscore.publish.privacy import is_public
from hubscore.publish.results.publish import user_name
from hubscore.results.record import Record, default_repo, find_record
from hubscore.results.runs import Run, as_run
from hubscore.text import clean
from hubscore.types import Json, Publication, Ranking

if TYPE_CHECKING:
    from huggingface_hub import HfApi

FRAMEWORK = "hubscore"
SOURCE = "hubscore ranking"
NOTE = (
    "consensus percentile among the {count} candidates of pool {pool}, hubscore {version}; "
    "a transferability estimate, not fine-tuned accuracy; model revision {revision}"
)


def export(
    ranking: Ranking | str | PathLike[str],
    *,
    results: str | None = None,
    yes: bool = False,
    token: str | bool | None = None,
    api: HfApi | None = None,
) -> tuple[Publication, ...]:
    """Write a ranking into ``.eval_results/`` of the user's own models; without ``yes`` only say what would be written.

    Nothing is ever sent by pull request: the Hub shows and ranks such values while a pull request is merely open.

    Args:
        ranking: the ranking, or the file it was saved in; its data set must be a benchmark with a task of hubscore's.
        results: the results data set that holds the run's record; by default ``USER/hubscore-results``.
        yes: send.
        token: for the Hub; the saved one by default.
        api: the Hub client, instead of ``token``.

    Returns:
        One per model, ``outcome`` being ``planned``, ``unchanged``, ``published``, or ``skipped`` or ``failed`` with
        the reason.

    Raises:
        UsageError: the data set is not a benchmark, or the run's record is not published where anybody may read it.
        HubError: the Hub refused, failed or cannot be reached.
    """
    api = api or hub_api(token)
    run = as_run(ranking)
    task = find_task(run, api)
    user = user_name(api)
    record = _published(run, repo_named(results, "dataset", api.endpoint) if results else default_repo(user), api)
    return tuple(_Export(api, run, task, record, user).model(row, yes=yes) for row in run.data["rows"])


def find_task(run: Run, api: HfApi) -> str:
    """Return the task of a benchmark that takes what hubscore computes on this data set, configuration and split.

    Raises:
        UsageError: the data set is not public, has no ``eval.yaml``, another framework, or no task for it.
    """
    probe = run.data.get("probe") or {}
    name = str(probe.get("dataset"))
    if not is_public(run.data, api):
        raise _refused(name, "it is not public on the Hub, so it is not a benchmark")
    declared = _eval_yaml(name, api)
    if declared.get("evaluation_framework") != FRAMEWORK:
        said = declared.get("evaluation_framework") or "none"
        raise _refused(
            name,
            f"its eval.yaml names the evaluation framework {said}, so its leaderboard holds measured results, not"
            " estimates",
        )
    wanted = (probe.get("config") or "default", probe.get("split"))
    tasks = declared.get("tasks")
    known = [task for task in tasks if isinstance(task, Mapping)] if isinstance(tasks, list) else []
    ours = [task for task in known if str(task.get("id", "")).startswith("hubscore/")]
    for task in ours:
        if (task.get("config") or "default", task.get("split") or "test") == wanted:
            return str(task["id"])
    there = ", ".join(str(task["id"]) for task in ours) or "none"
    raise _refused(
        name, f"its eval.yaml has no hubscore task for configuration {wanted[0]}, split {wanted[1]} (there is {there})"
    )


@dataclass(frozen=True)
class _Export:
    """One run on its way into model repos."""

    api: HfApi
    run: Run
    task: str
    record: Record
    user: str

    def model(self, row: Json, *, yes: bool) -> Publication:
        """Plan or write the file of one model."""
        model = str(row["model"]).partition("@")[0]
        try:
            old, head = self._read(model, row)
            new = self.text(row)
            if old == new:
                return Publication(model, "eval-results", "", outcome="unchanged")
            if yes:
                self._commit(model, new, head)
        except HubscoreError as error:  # one repo never stops the others
            outcome = "skipped" if isinstance(error, (CandidateError, UsageError)) else "failed"
            return Publication(model, "eval-results", "", outcome=outcome, reason=reason_of(error))
        return Publication(
            model, "eval-results", self._diff(model, old, new), outcome="published" if yes else "planned"
        )

    @property
    def pool(self) -> str:
        """What names the candidates that a percentile is relative to."""
        return pool_id(Ranking.from_json(self.run.data))

    @property
    def path(self) -> str:
        """The file, one per task."""
        return f".eval_results/hubscore_{re.sub(r'[^A-Za-z0-9_.-]', '_', self.task.removeprefix('hubscore/'))}.yaml"

    def text(self, row: Json) -> str:
        """Return the file's content."""
        import yaml
        from huggingface_hub import EvalResultEntry, eval_result_entries_to_yaml

        version = ((self.run.data.get("record") or {}).get("versions") or {}).get("hubscore")
        probe = self.run.data["probe"]
        entry = EvalResultEntry(
            dataset_id=probe["dataset"],
            task_id=self.task,
            value=round(100 * row["consensus"], 2),
            dataset_revision=probe["revision"],
            date=self.run.date,
            source_url=self.record.url,
            source_name=SOURCE,
            source_user=self.user,
            notes=NOTE.format(
                count=len(self.run.data["rows"]), pool=self.pool, version=version, revision=row["revision"][:12]
            ),
        )
        return yaml.safe_dump(eval_result_entries_to_yaml([entry]), sort_keys=False, allow_unicode=True, width=10**9)

    def _read(self, model: str, row: Json) -> tuple[str | None, str | None]:
        """Return the file that is there and the head commit; refuse what is not ours to write."""
        from huggingface_hub.errors import RemoteEntryNotFoundError
        from huggingface_hub.utils import httpx

        if str(row["revision"]).startswith("local-"):
            raise UsageError("A folder of this machine has no page on the Hub")
        if row.get("consensus") is None:
            raise UsageError("No score is defined for it")
        if not self._writable(model):
            raise UsageError("It is not yours to write to, and estimates are not sent by pull request")
        try:
            head = retry(lambda: self.api.model_info(model)).sha
            path = retry(lambda: self.api.hf_hub_download(model, self.path, revision=head))
        except RemoteEntryNotFoundError:
            return None, head
        except (OSError, ValueError, httpx.HTTPError) as error:
            raise explain_error(error, model) from error
        with open(path, encoding="utf-8") as file:
            old = file.read()
        if f"name: {SOURCE}" not in old:
            raise UsageError(f"It has a {self.path} that hubscore did not write")
        return old, head

    def _writable(self, model: str) -> bool:
        from huggingface_hub.errors import HfHubHTTPError

        try:
            retry(lambda: self.api.auth_check(model, write=True))
        except HfHubHTTPError as error:
            if error.response.status_code in (401, 403, 404):
                return False
            raise explain_error(error, model) from error
        return True

    def _commit(self, model: str, text: str, head: str | None) -> None:
        from huggingface_hub import CommitOperationAdd
        from huggingface_hub.utils import httpx

        file = CommitOperationAdd(self.path, text.encode())
        message = f"Update hubscore estimate for {self.task}"
        try:
            retry(lambda: self.api.create_commit(model, [file], commit_message=message, parent_commit=head))
        except (OSError, ValueError, httpx.HTTPError) as error:
            known = explain_error(error, model)
            raise HubError(
                f"{self.path} could not be written to '{model}'",
                known.why,
                known.fix or "run the same command again",
                code=known.code,
            ) from error

    def _diff(self, model: str, old: str | None, new: str) -> str:
        name = f"{model}/{self.path}"
        lines = difflib.unified_diff(
            (old or "").splitlines(), new.splitlines(), name if old else "/dev/null", name, lineterm=""
        )
        return "\n".join(lines)


def _published(run: Run, repo: str, api: HfApi) -> Record:
    record = find_record(run.data, repo=repo, api=api)
    fix = f"hubscore publish RANKING --to results --results-repo {clean(repo)} --yes"
    if record is None:
        missing = f"its record is not in {repo}"
    elif not record.public:
        missing, fix = f"{repo} is not public", "make it public, or name another --results-repo"
    elif not record.same:
        missing, fix = f"its record in {repo} says something else", f"the ranking as it was made, or {fix}"
    else:
        return record
    raise UsageError("The ranking cannot be exported", f"{missing}, and every value must point at its source", fix)


def _eval_yaml(name: str, api: HfApi) -> Mapping[str, Any]:
    import yaml
    from huggingface_hub.errors import RemoteEntryNotFoundError
    from huggingface_hub.utils import httpx

    try:
        path = retry(lambda: api.hf_hub_download(name, "eval.yaml", repo_type="dataset"))
        with open(path, encoding="utf-8-sig") as file:
            declared = yaml.safe_load(file)
    except RemoteEntryNotFoundError as error:
        raise _refused(name, "it has no eval.yaml, so it is not a benchmark") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _refused(name, "its eval.yaml cannot be read") from error
    except (OSError, ValueError, httpx.HTTPError) as error:
        raise explain_error(error, name, kind="dataset") from error
    return declared if isinstance(declared, Mapping) else {}


def _refused(name: str, why: str) -> HubscoreError:
    return UsageError(
        f"Nothing is written to .eval_results/ for '{name}'",
        why,
        "--to cards puts estimates where nobody takes them for results",
    )

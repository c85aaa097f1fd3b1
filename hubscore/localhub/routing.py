"""Which address is answered by which route."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hubscore.localhub import (
    routes_commit,
    routes_files,
    routes_jobs,
    routes_lfs,
    routes_repos,
    routes_site,
    routes_space,
    routes_threads,
    search,
)
from hubscore.localhub.calls import Call, Route, join_ref, split_repo
from hubscore.localhub.refusals import Refusal
from hubscore.localhub.scan import KINDS, RepoKey, full_id, valid_repo_id

LARGEST_BODY = 10_000_000
LARGEST_COMMIT = 500_000_000

SITE_ROUTES: Mapping[tuple[str, str], Route] = {
    ("GET", "api/whoami-v2"): routes_site.whoami,
    ("POST", "api/validate-yaml"): routes_site.validate_yaml,
    ("POST", "api/repos/create"): routes_repos.create_repo,
    ("DELETE", "api/repos/delete"): routes_repos.delete_repo,
}
REPO_ROUTES: Mapping[tuple[str, str], Route] = {
    ("GET", ""): routes_files.repo_info,
    ("GET", "revision"): routes_files.repo_info,
    ("GET", "tree"): routes_files.tree,
    ("POST", "paths-info"): routes_files.paths_info,
    ("GET", "refs"): routes_files.refs,
    ("GET", "commits"): routes_files.commits,
    ("GET", "auth-check"): routes_files.auth_check,
    ("GET", "safetensors-metadata"): routes_files.safetensors_metadata,
    ("POST", "preupload"): routes_commit.preupload,
    ("POST", "commit"): routes_commit.commit,
    ("PUT", "settings"): routes_repos.settings,
    ("POST", "branch"): routes_repos.create_branch,
    ("DELETE", "branch"): routes_repos.delete_branch,
    ("POST", "tag"): routes_repos.create_tag,
    ("DELETE", "tag"): routes_repos.delete_tag,
    ("GET", "variables"): routes_space.variables,
    ("POST", "variables"): routes_space.set_variable,
    ("DELETE", "variables"): routes_space.delete_variable,
    ("GET", "xet-read-token"): routes_site.no_xet,
    ("GET", "xet-write-token"): routes_site.no_xet,
}


def find_route(call: Call, method: str, parts: tuple[str, ...]) -> tuple[Route, Call]:
    """The route that answers an address, and the call with the repo and the rest of the address filled in.

    Raises:
        Refusal: 404 for addresses this Hub does not have.
    """
    method = "GET" if method == "HEAD" else method
    address = "/".join(parts)
    found = SITE_ROUTES.get((method, address))
    if found:
        return found, call
    if parts[0] == "api":
        found, call = _api(call, method, parts[1:])
    else:
        found, call = _page(call, method, parts)
    if found is None:
        raise Refusal(404, f"The local Hub does not answer {method} /{address}")
    return found, call


def largest_body(route: Route) -> int:
    """How many bytes may be sent to a route."""
    return LARGEST_COMMIT if route is routes_commit.commit else LARGEST_BODY


def _api(call: Call, method: str, parts: tuple[str, ...]) -> tuple[Route | None, Call]:
    if method == "GET" and len(parts) == 3 and parts[0] in ("users", "organizations") and parts[2] == "overview":
        return routes_site.overview, replace(call, rest=parts[1:2])
    if len(parts) > 1 and parts[0] == "jobs":
        return routes_jobs.find_jobs_route(method, parts[1:]), replace(call, rest=parts[1:])
    kind = next((kind for kind in KINDS if parts and parts[0] == f"{kind}s"), "")
    if not kind:
        return None, call
    if len(parts) == 1:
        return (search.list_repos if method == "GET" else None), replace(call, key=RepoKey(kind, ""))
    key, action, rest = split_repo(kind, parts[1:])
    call = replace(call, key=key, rest=rest)
    if action == "discussions":
        verb = rest[-1] if len(rest) > 1 else ""
        return routes_threads.ROUTES.get((method, len(rest), verb)), call
    return REPO_ROUTES.get((method, action)), call


def _page(call: Call, method: str, parts: tuple[str, ...]) -> tuple[Route | None, Call]:
    kind = next((kind for kind in ("dataset", "space") if parts[0] == f"{kind}s"), "model")
    parts = parts if kind == "model" else parts[1:]
    for length in (1, 2):
        if len(parts) <= length:
            break
        repo_id, rest = "/".join(parts[:length]), parts[length:]
        here = replace(call, key=RepoKey(kind, full_id(repo_id.removesuffix(".git"))))
        if (
            rest[:3] == ("info", "lfs", "objects")
            and parts[length - 1].endswith(".git")
            and valid_repo_id(here.key.repo_id)
        ):
            return {("POST", "batch"): routes_lfs.batch, ("POST", "verify"): routes_lfs.verify}.get(
                (method, rest[-1])
            ), here
        if rest[0] == "resolve" and len(rest) > 2 and valid_repo_id(repo_id):
            return (routes_files.resolve if method == "GET" else None), replace(here, rest=join_ref(rest[1:]))
    return None, call

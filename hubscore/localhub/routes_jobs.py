"""Jobs: commands on hired machines. The answers are written from the source of huggingface_hub's client."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.responses import JSONResponse, Response, StreamingResponse

from hubscore.localhub.calls import Call, Route
from hubscore.localhub.jobs import FLAVORS, Job
from hubscore.localhub.refusals import Refusal


def find_jobs_route(method: str, parts: tuple[str, ...]) -> Route | None:
    """Return the route of an address behind ``/api/jobs``."""
    if parts == ("hardware",):
        return hardware if method == "GET" else None
    action = parts[2] if len(parts) == 3 else ""
    return _ROUTES.get((method, len(parts), action))


def hardware(call: Call) -> Response:
    """``GET /api/jobs/hardware``."""
    rest = {"ephemeralStorage": "20 GB", "accelerator": None, "unitLabel": "minute"}
    return JSONResponse(
        [{**one, **rest, "unitCostUSD": one["unitCostMicroUSD"] / 1_000_000} for one in FLAVORS.values()]
    )


def run_job(call: Call) -> Response:
    """``POST /api/jobs/{namespace}``."""
    namespace = _owned(call)
    _check(call.json)
    return _answer(call.hub.jobs.start(namespace, _owner(call, namespace), call.json, call.endpoint))


def list_jobs(call: Call) -> Response:
    """``GET /api/jobs/{namespace}``: the newest first."""
    namespace, stages = _owned(call), set(call.query.getlist("stage"))
    labels = dict(text.partition("=")[::2] for text in call.query.getlist("label"))
    found = [job for job in reversed(list(call.hub.jobs.known.values())) if job.namespace == namespace]
    wanted = [
        job
        for job in found
        if (not stages or job.stage in stages) and labels.items() <= dict(job.spec.get("labels") or {}).items()
    ]
    return JSONResponse([_shown(job) for job in wanted])


def inspect_job(call: Call) -> Response:
    """``GET /api/jobs/{namespace}/{id}``."""
    return _answer(_job(call))


def cancel_job(call: Call) -> Response:
    """``POST /api/jobs/{namespace}/{id}/cancel``."""
    job = _job(call)
    call.hub.jobs.cancel(job)
    return _answer(job)


def duplicate_job(call: Call) -> Response:
    """``POST /api/jobs/{namespace}/{id}/duplicate``."""
    job = _job(call)
    spec = {**job.spec, "secrets": dict(job.secrets)}
    return _answer(call.hub.jobs.start(job.namespace, job.owner, spec, call.endpoint))


def logs(call: Call) -> Response:
    """``GET /api/jobs/{namespace}/{id}/logs``: a stream of events that ends with the job."""
    job = _job(call)
    tail = call.number("tail", 1_000_000, 0, 1_000_000) if "tail" in call.query else None

    def events() -> Iterator[bytes]:
        for entry in job.follow(tail):
            if entry is None:
                yield b": keep-alive\n\n"
            else:
                yield b"data: " + json.dumps({"data": entry[1], "timestamp": entry[0]}).encode() + b"\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


_ROUTES: Mapping[tuple[str, int, str], Route] = {
    ("POST", 1, ""): run_job,
    ("GET", 1, ""): list_jobs,
    ("GET", 2, ""): inspect_job,
    ("POST", 3, "cancel"): cancel_job,
    ("POST", 3, "duplicate"): duplicate_job,
    ("GET", 3, "logs"): logs,
}


def _owned(call: Call) -> str:
    """Return the namespace in the address, where whoever asks may run jobs."""
    namespace = call.rest[0]
    if call.user is None:
        raise Refusal(401, "Jobs need a token")
    if call.user.role != "write" or not call.user.owns(namespace):
        raise Refusal(403, f"This token may not run jobs for {namespace}")
    return namespace


def _job(call: Call) -> Job:
    return call.hub.jobs.find(_owned(call), call.rest[1])


def _owner(call: Call, namespace: str) -> dict[str, str]:
    mine = call.user is not None and call.user.name == namespace
    return {"id": namespace, "name": namespace, "type": "user" if mine else "org"}


def _check(spec: Mapping[str, Any]) -> None:
    """Refuse what is no job.

    Raises:
        Refusal: 400, with the reason.
    """
    command = spec.get("command")
    if not isinstance(command, list) or not command or not all(isinstance(word, str) for word in command):
        raise Refusal(400, "command must be a list of words")
    arguments = spec.get("arguments") or []
    if not isinstance(arguments, list) or not all(isinstance(word, str) for word in arguments):
        raise Refusal(400, "arguments must be a list of words")
    if bool(spec.get("dockerImage")) == bool(spec.get("spaceId")):
        raise Refusal(400, "a job needs a dockerImage or a spaceId")
    if spec.get("flavor") not in FLAVORS:
        raise Refusal(400, f"This local Hub has no flavor {spec.get('flavor')}: it has {', '.join(FLAVORS)}")
    for name in ("environment", "secrets", "labels"):
        if not isinstance(spec.get(name) or {}, dict):
            raise Refusal(400, f"{name} must be an object")
    for name in ("timeoutSeconds", "attempts"):
        value = spec.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
            raise Refusal(400, f"{name} must be a number of at least 1")


def _answer(job: Job) -> Response:
    return JSONResponse(_shown(job))


def _shown(job: Job) -> dict[str, Any]:
    """Return a job as clients read it; of secrets they see the names."""
    return {
        "id": job.id,
        "createdAt": job.created,
        "startedAt": job.started,
        "finishedAt": job.finished,
        "dockerImage": job.spec.get("dockerImage"),
        "spaceId": job.spec.get("spaceId"),
        "command": job.spec["command"],
        "arguments": job.spec.get("arguments") or [],
        "environment": job.spec.get("environment") or {},
        "secrets": dict.fromkeys(job.secrets, ""),
        "flavor": job.spec["flavor"],
        "labels": job.spec.get("labels") or {},
        "retry": int(job.spec.get("attempts") or 1) - 1,
        "status": {"stage": job.stage, "message": job.message},
        "durations": {
            "schedulingSecs": _seconds(job.created, job.started),
            "runningSecs": _seconds(job.started, job.finished),
            "totalSecs": _seconds(job.created, job.finished),
        },
        "owner": dict(job.owner),
        "initiator": {"type": job.owner["type"], "id": job.owner["id"], "name": job.owner["name"]},
    }


def _seconds(start: str | None, end: str | None) -> int | None:
    """Return what lies between two times, or a time and now."""
    if start is None:
        return None
    last = datetime.fromisoformat(end) if end else datetime.now(UTC)
    return int((last - datetime.fromisoformat(start)).total_seconds())

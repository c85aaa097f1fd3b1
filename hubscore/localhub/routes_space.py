"""Settings of Spaces: their variables. Secrets are taken and forgotten, since nothing runs here."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import JSONResponse, Response

from hubscore.localhub.calls import Call
from hubscore.localhub.refusals import Refusal


def variables(call: Call) -> Response:
    """``GET .../variables``."""
    return _answer(call.hub.write(call.key, call.user).record.variables)


def set_variable(call: Call) -> Response:
    """``POST .../variables``."""
    return _change(call, {call.text("key"): call.text("value")})


def delete_variable(call: Call) -> Response:
    """``DELETE .../variables``."""
    return _change(call, {call.text("key"): None})


def first_variables(call: Call) -> dict[str, str]:
    """Return the variables that a new Space is made with."""
    given = call.json.get("variables") or []
    if not isinstance(given, list) or not all(
        isinstance(entry, dict) and isinstance(entry.get("key"), str) for entry in given
    ):
        raise Refusal(400, "variables must be a list of key and value")
    return {entry["key"]: str(entry.get("value", "")) for entry in given}


def _change(call: Call, changes: dict[str, str | None]) -> Response:
    if call.key.kind != "space":
        raise Refusal(404, "only Spaces have variables")
    with call.hub.writing:
        repo = call.hub.write(call.key, call.user)
        merged = {**repo.record.variables, **changes}
        kept = {name: value for name, value in merged.items() if value is not None}
        call.hub.store.save(call.key, replace(repo.record, variables=kept))
    return _answer(kept)


def _answer(kept: dict[str, str]) -> Response:
    return JSONResponse({name: {"key": name, "value": value} for name, value in kept.items()})

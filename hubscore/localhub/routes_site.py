"""What belongs to no repo: who am I, checking a card, people, and the features this Hub does not have."""

from __future__ import annotations

import hashlib
from typing import Any

from starlette.responses import JSONResponse, Response

from hubscore.localhub.calls import Call
from hubscore.localhub.metadata import check_metadata
from hubscore.localhub.records import EPOCH
from hubscore.localhub.refusals import Refusal
from hubscore.localhub.scan import KINDS


def whoami(call: Call) -> Response:
    """``GET /api/whoami-v2``."""
    user = call.user
    if user is None:
        raise Refusal(401, "Invalid username or password.")
    token = {"displayName": "localhub", "role": user.role, "createdAt": EPOCH}
    return JSONResponse(
        {
            "type": "user",
            "id": _identity(user.name),
            "name": user.name,
            "fullname": user.fullname or user.name,
            "isPro": False,
            "canPay": False,
            "avatarUrl": f"{call.endpoint}/avatars/{user.name}.svg",
            "orgs": [_org(call, name, role) for name, role in user.orgs.items()],
            "auth": {"type": "access_token", "accessToken": token},
        }
    )


def validate_yaml(call: Call) -> Response:
    """``POST /api/validate-yaml``: whether a card's front matter would be accepted."""
    errors, warnings = check_metadata(
        call.text("content", needed=False), call.text("repoType", needed=False) or "model"
    )
    answer: dict[str, Any] = {
        name: [{"message": line} for line in lines] for name, lines in (("errors", errors), ("warnings", warnings))
    }
    return JSONResponse(answer, 400 if errors else 200)


def overview(call: Call) -> Response:
    """``GET /api/users/{name}/overview`` and ``/api/organizations/{name}/overview``."""
    name, hub = call.rest[0], call.hub
    owned = {kind: len(hub.repos(kind, call.user, lambda key: key.namespace == name)) for kind in KINDS}
    if name not in hub.users.names() and not any(owned.values()):
        raise Refusal(404, f"Nobody here is called {name}")
    numbers = {"numModels": owned["model"], "numDatasets": owned["dataset"], "numSpaces": owned["space"]}
    person = next((user for user in hub.users.by_token.values() if user.name == name), None)
    fullname = person.fullname if person else name
    return JSONResponse(
        {
            "_id": _identity(name),
            "user": name,
            "name": name,
            "fullname": fullname,
            "avatarUrl": f"{call.endpoint}/avatars/{name}.svg",
            **numbers,
        }
    )


def no_xet(call: Call) -> Response:
    """Xet tokens: there is no Xet storage here.

    Raises:
        Refusal: always, with the setting that makes clients do without.
    """
    raise Refusal(501, "The local Hub has no Xet storage: set HF_HUB_DISABLE_XET=1 to upload large files")


def _org(call: Call, name: str, role: str) -> dict[str, Any]:
    return {
        "type": "org",
        "id": _identity(name),
        "name": name,
        "fullname": name,
        "avatarUrl": f"{call.endpoint}/avatars/{name}.svg",
        "roleInOrg": role,
        "isEnterprise": False,
        "canPay": False,
    }


def _identity(name: str) -> str:
    return hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest()[:24]

"""What the environment says, checked before any library reads it."""

from __future__ import annotations

from urllib.parse import urlsplit

from hubscore.errors import UsageError
from hubscore.text import clean, without_password


def check_endpoint(address: str | None) -> None:
    """Refuse a Hub address that no library could use.

    Args:
        address: the value of ``HF_ENDPOINT``, none where it is not set.

    Raises:
        UsageError: it is set and not an http address.
    """
    if not address:
        return
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        fix = "unset HF_ENDPOINT, or HF_ENDPOINT=http://127.0.0.1:8090 for a local Hub"
        raise UsageError(f"HF_ENDPOINT is '{clean(without_password(address))}'", "that is not an http address", fix)

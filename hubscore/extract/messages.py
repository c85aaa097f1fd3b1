"""What a run and its workers say to each other: a line of JSON each, with names, keys, reasons and counts; files travel
this way only where the disk has no room for them.
"""

from __future__ import annotations

import json
from typing import Any, BinaryIO

from hubscore import errors
from hubscore.errors import HubscoreError
from hubscore.types import Json

_PLAIN = (str, int, float, bool, type(None))


def write_message(stream: BinaryIO, message: Json) -> None:
    """Send a message.

    Raises:
        OSError: nobody listens any more.
    """
    stream.write(json.dumps(message).encode("ascii") + b"\n")
    stream.flush()


def read_message(line: bytes) -> Json | None:
    """Return the message on a line, or none where a library has printed something there."""
    try:
        message = json.loads(line)
    except ValueError:
        return None
    return message if isinstance(message, dict) and isinstance(message.get("say"), str) else None


def pack_error(error: HubscoreError) -> Json:
    """Return an error as plain values; of its details those that are plain."""
    return {
        "class": type(error).__name__,
        "text": [error.what, error.why, error.fix],
        "code": str(error.code),
        "details": {name: value for name, value in error.details.items() if isinstance(value, _PLAIN)},
    }


def unpack_error(data: Json) -> HubscoreError:
    """Return the error that :func:`pack_error` packed; of a class that is not hubscore's, a plain one.

    Example:
        >>> error = errors.CandidateError("It cannot be used", "it is gated", code="gated", subject="org/net")
        >>> again = unpack_error(pack_error(error))
        >>> type(again).__name__, again.code, again.subject, str(again)
        ('CandidateError', 'gated', 'org/net', 'It cannot be used: it is gated')
    """
    known: Any = getattr(errors, data["class"], HubscoreError)
    kind = known if isinstance(known, type) and issubclass(known, HubscoreError) else HubscoreError
    what, why, fix = data["text"]
    made: HubscoreError = kind(what, why, fix, code=data["code"], **data["details"])
    return made

"""Which names a Hub answers to: a web page whose name was made to mean this machine must not reach it."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable

from hubscore.localhub.refusals import Refusal


class KnownHosts:
    """The names that may stand in a ``Host`` header: addresses, ``localhost``, this machine's name, and those given.

    An address is safe: who sends a browser here by DNS rebinding has a name in the header.

    Args:
        names: further names, without ports.

    Example:
        >>> known = KnownHosts(["hub.example"])
        >>> known.knows("127.0.0.1:8090"), known.knows("hub.example"), known.knows("evil.example:8090")
        (True, True, False)
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        own = socket.gethostname().lower()
        self.names = frozenset({"localhost", own, f"{own}.local"} | {name.lower().rstrip(".") for name in names})

    def knows(self, header: str) -> bool:
        """Whether a ``Host`` header names this Hub."""
        name = _without_port(header.strip().lower()).rstrip(".")
        return name in self.names or name.endswith(".localhost") or _is_address(name)

    def check(self, header: str | None) -> None:
        """Refuse what was meant for somebody else.

        Raises:
            Refusal: 400 without the header, 421 for a name that is not known.
        """
        if header is None:
            raise Refusal(400, "The request does not say which host it is for")
        if not self.knows(header):
            name = _without_port(header.strip())[:60]
            raise Refusal(421, f"This Hub is not called {name}; hubscore localhub DIR --allow-host {name} lets it be")


def _without_port(header: str) -> str:
    if header.startswith("["):
        return header.partition("]")[0].removeprefix("[")
    return header.rpartition(":")[0] if header.count(":") == 1 else header


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True

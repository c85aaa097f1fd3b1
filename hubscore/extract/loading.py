"""A checkpoint that is loaded when it is first needed, and once."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from hubscore.errors import HubscoreError
from hubscore.extract.precision import FULL, in_precision
from hubscore.types import Candidate

if TYPE_CHECKING:
    from hubscore.models.network import Network


class LazyNetwork:
    """Fetches and loads a candidate when its network is asked for; what went wrong is raised again the next time.

    Args:
        candidate: which.
        fetch: returns its folder, downloaded if need be.
        input_size: pixels per side, for networks that accept another size.
        precision: in which it computes, one of :data:`hubscore.extract.precision.PRECISIONS`.
    """

    def __init__(
        self,
        candidate: Candidate,
        fetch: Callable[[Candidate], Path],
        input_size: int | None,
        precision: str = FULL,
    ) -> None:
        self.candidate, self._fetch, self._input_size = candidate, fetch, input_size
        self._precision = precision
        self._network: Network | None = None
        self._error: HubscoreError | None = None
        self.seconds = 0.0

    @property
    def network(self) -> Network:
        """The loaded network.

        Raises:
            CandidateError: it cannot be loaded.
            HubError: it cannot be fetched.
        """
        if self._error is not None:
            raise self._error
        if self._network is None:
            from hubscore.models.load import load_network

            try:
                folder = self._fetch(self.candidate)
                began = time.perf_counter()
                network = load_network(self.candidate, folder, input_size=self._input_size)
                self._network = in_precision(network, self._precision)
            except HubscoreError as error:
                self._error = error
                raise
            self.seconds = time.perf_counter() - began
        return self._network

    def release(self) -> None:
        """Take the network off its device."""
        if self._network is not None:
            self._network.module.to("cpu")

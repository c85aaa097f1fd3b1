"""One pass of a proxy network over a small sample of a data set, for recommendations."""

from __future__ import annotations

import os
from dataclasses import replace

from hubscore.errors import CandidateError, HubError
from hubscore.recommend.history import TaskVector
from hubscore.results.names import public_name
from hubscore.run.options import DataOptions, RunOptions
from hubscore.run.session import Session

SAMPLES = 50
"""Rows that the proxy sees."""


def look(
    dataset: str | os.PathLike[str],
    proxy: str,
    *,
    data: DataOptions | None = None,
    run: RunOptions | None = None,
) -> TaskVector:
    """Return what a proxy sees in a data set; no label is read.

    Args:
        dataset: a Hub id, a folder, or a table.
        proxy: a Hub id or a folder: the same network for every data set of a history.
        data: which rows; 50 by default.
        run: how the network runs.

    Raises:
        CandidateError: the proxy cannot be used; it is named.
        DatasetError: the data set cannot be used.
        HubError: the Hub refused, failed or could not be reached.

    Example:
        >>> vector = look("./photos", "facebook/dinov2-small")  # doctest: +SKIP
    """
    session = Session(replace(data or DataOptions(samples=SAMPLES), unlabeled=True), None, run)
    _ = session.device
    probe = session.draw_probe(dataset)
    try:
        candidate = session.find_network(proxy)
        network = session.load_network(candidate)
    except (CandidateError, HubError) as error:
        what = f"The proxy '{proxy}' cannot be used"
        fix = "--proxy ID of a network that is here, or leave it out: TRANS then stands at the mean"
        raise CandidateError(what, str(error).splitlines()[0], fix, code=error.code, subject=proxy) from error
    from hubscore.recommend.proxy import task_vector

    network.module.to(session.device)
    name = public_name({"model": proxy, "revision": candidate.revision})  # a history travels: no path of this machine
    return TaskVector(name, candidate.revision, task_vector(network, probe.items))

"""One pass of a proxy network over a small sample of a data set, for recommendations."""

from __future__ import annotations

import os
from dataclasses import replace

from hubscore.calibration.dataset_names import same_dataset
from hubscore.errors import CandidateError, HubError, HubscoreError, UsageError
from hubscore.hub.addresses import repo_named
from hubscore.recommend.history import History, TaskVector
from hubscore.recommend.proxies import NO_PROXY, default_proxy, proxy_id, proxy_of
from hubscore.results.names import public_name
from hubscore.run.options import DataOptions, RunOptions
from hubscore.run.session import Session
from hubscore.text import clean
from hubscore.types import ProbeDescription

SAMPLES = 50
"""Rows that the proxy sees."""


def look(
    dataset: str | os.PathLike[str],
    proxy: str | None = None,
    *,
    data: DataOptions | None = None,
    run: RunOptions | None = None,
) -> TaskVector:
    """Return what a proxy sees in a data set; no label is read.

    Args:
        dataset: a Hub id, a folder, or a table.
        proxy: ``"clip"``, ``"dinov2"``, ``"minilm"``, a Hub id or a folder: the same network for every data set of a
            history; by default the one for the kind of the data's items.
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
    proxy = proxy_id(proxy or default_proxy(probe.modality))
    try:
        candidate = session.find_network(proxy)
        network = session.load_network(candidate)
    except (CandidateError, HubError) as error:
        what = f"The proxy '{proxy}' cannot be used"
        fix = f"--proxy ID of a network that can be had, or --proxy {NO_PROXY}: TRANS then stands at the mean"
        raise CandidateError(what, error.why or error.what, fix, code=error.code, subject=proxy) from error
    from hubscore.recommend.proxy import task_vector

    network.module.to(session.device)
    pinned = proxy if candidate.path is not None else proxy.partition("@")[0]
    name = public_name({"model": pinned, "revision": candidate.revision})  # a history travels: no path of this machine
    return TaskVector(name, candidate.revision, task_vector(network, probe.items))


def look_again(probe: ProbeDescription, proxy: str | None = None, *, run: RunOptions | None = None) -> TaskVector:
    """Return what a proxy sees in the data set of a ranking, at the revision that was ranked.

    Args:
        probe: of the ranking.
        proxy: as :func:`look` takes it.
        run: how the network runs.

    Raises:
        HubscoreError: as :func:`look`; or the ranking does not say what its data set is.
    """
    if not probe.dataset or probe.redacted:
        fix = "leave out --proxy, or use the ranking that hubscore rank saved"
        raise UsageError("The proxy cannot look at the data set", "the ranking does not name it", fix)
    data = DataOptions(
        samples=SAMPLES,
        config=probe.config,
        split=probe.split,
        revision=probe.revision,
        modality=probe.modality,
        input_column=probe.image_column,
    )
    return look(probe.dataset, proxy, data=data, run=run)


def look_for(
    history: History, dataset: str, proxy: str | None = None, *, run: RunOptions | None = None
) -> tuple[TaskVector | None, str]:
    """Return what a proxy sees in a data set for which a history is to recommend models, where that can help.

    Args:
        history: says which proxy looked at its data sets, and at which revision.
        dataset: as :func:`look` takes it.
        proxy: as :func:`look` takes it, and then it must be had; ``"none"`` for none; by default the one by which the
            history knows most data sets, if it can be had.
        run: how the network runs.

    Returns:
        The vector, none where none was made; and why not, in a sentence, where somebody should know.

    Raises:
        HubscoreError: as :func:`look`, of a proxy that was asked for.
    """
    if proxy == NO_PROXY:
        return None, ""
    if proxy is not None:
        wanted = proxy_id(proxy)
        return look(dataset, proxy_of(history, wanted) or wanted, run=run), ""
    known = proxy_of(history)
    if known is None or any(same_dataset(task, repo_named(dataset, "dataset")) for task in history.task_vectors):
        return None, ""
    try:
        return look(dataset, known, run=run), ""
    except HubscoreError as error:
        name = clean(known.partition("@")[0])
        why = f"{clean(error.what)}: {clean(error.why)}" if error.why else clean(error.what)
        return (
            None,
            f"{name}, by which the history knows data sets, did not look at yours ({why}); --proxy ID names another",
        )

"""`score` and `score_pool`: one number from arrays."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import ArrayLike

from hubscore.errors import Advice, Undefined, UsageError
from hubscore.numerics.pca import reduced
from hubscore.numerics.validation import are_probabilities
from hubscore.numerics.workspace import Workspace
from hubscore.registry import load_target
from hubscore.scores.given import check_networks, check_same, in_reach, near_keyword
from hubscore.scores.info import SCORES, ScoreInfo
from hubscore.types import Target

_MAPS = "it has no attribution maps (where a reference network was given, record.maps_skipped says why)"
_NO_REFERENCE = "there are no {} of a network trained on the target"
MISSING: Mapping[str, tuple[str, tuple[Advice, ...], str]] = {
    "probs": (
        "it has no source head, and this score needs source-class probabilities",
        (),
        "use a score that reads features: logme, knn, parc",
    ),
    "features": ("there are no features", (), "pass features="),
    "labels": ("there are no labels", (Advice.LABELS,), "use a label-free score: energy"),
    "features or logits": ("there are neither features nor source logits", (), "pass features= or logits="),
    "label_texts": ("there are no label texts", (Advice.LABEL_TEXTS,), ""),
    "reference": (
        _NO_REFERENCE.format("features"),
        (Advice.REFERENCE,),
        'compare two arrays: similarity("{name}", reference, features)',
    ),
    "maps": (_MAPS, (Advice.REFERENCE,), 'compare two arrays: similarity("{name}", a, b)'),
    "reference_maps": (_NO_REFERENCE.format("attribution maps"), (Advice.REFERENCE,), ""),
    "nodes": (
        _MAPS,
        (Advice.REFERENCE,),
        'compare two networks: similarity("{name}", dict(features=..., maps=...), dict(features=..., maps=...))',
    ),
    "reference_nodes": (_NO_REFERENCE.format("attribution maps"), (Advice.REFERENCE,), ""),
    "kernel": ("there is no kernel of its layers", (), "pass kernel= of shape (n, n)"),
    "candidate": ("nothing is known about the checkpoint itself", (), "rank() fills this in"),
}
"""By need: the reason, the advice, and what else to do about it for the score of that name."""
READINGS = ("default", "released")


def compute(info: ScoreInfo, workspace: Workspace, **options: Any) -> float:
    """Return a score's value on a checked workspace.

    Raises:
        Undefined: the score has no value here.
        UsageError: an option is not one of the score's.
    """
    chosen = resolve_options(info, options)
    check(info, workspace, chosen)
    return _finite(info, info.load()(workspace, **chosen))


def compute_pool(info: ScoreInfo, workspaces: Sequence[Workspace], **options: Any) -> list[float]:
    """Return a pool score's values, one per workspace, in order.

    Raises:
        Undefined: the score has no value for one of them, or for the set.
        UsageError: an option is not one of the score's.
    """
    chosen = resolve_options(info, options)
    if not workspaces:
        raise UsageError(f"Cannot compute '{info.name}' of no networks", "it compares them", "pass two or more")
    for workspace in workspaces:
        check(info, workspace, chosen)
    return [_finite(info, value) for value in info.load()(list(workspaces), **chosen)]


def pool_terms(info: ScoreInfo, workspace: Workspace, **options: Any) -> tuple[float, ...]:
    """Return one network's terms of a pool score, before networks are compared; see :attr:`ScoreInfo.terms`.

    Raises:
        Undefined: it has none.
        UsageError: an option is not one of the score's.
    """
    chosen = resolve_options(info, options)
    check(info, workspace, chosen)
    return tuple(_finite(info, term) for term in load_target(info.terms)(workspace, **chosen))


def pool_values(info: ScoreInfo, terms: Sequence[tuple[float, ...] | Undefined]) -> list[float | Undefined]:
    """Return a pool score's values from the networks' terms; one that has none does not take the others' away.

    Args:
        info: of a score that registers ``terms`` and ``values``.
        terms: from :func:`pool_terms`, or the reason why there is none.

    Returns:
        One value, or the reason, a network.
    """
    members = [own for own in terms if not isinstance(own, Undefined)]
    values: Sequence[float | Undefined]
    try:
        values = [_finite(info, value) for value in load_target(info.values)(members)] if members else []
    except Undefined as reason:
        values = [reason] * len(members)
    rest = iter(values)
    return [own if isinstance(own, Undefined) else next(rest) for own in terms]


def resolve_options(info: ScoreInfo, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return all options of a score, the authors' defaults where nothing was chosen.

    ``reading`` goes with every score: where the released code computes the same it changes nothing.

    Raises:
        UsageError: an option is not one of the score's, or it has no released reading.
    """
    unknown = sorted(set(options) - set(info.options) - {"reading"})
    if unknown:
        has, near = ", ".join(info.options) or "none", near_keyword(unknown[0], info.options)
        fix = f"did you mean {near}=?" if near else f"hubscore scores {info.name}"
        raise UsageError(f"Score '{info.name}' has no option '{unknown[0]}'", f"its options: {has}", fix)
    reading = options.get("reading", "default")
    *some, last = (*READINGS, *info.readings)
    if reading not in (*some, last):
        raise UsageError(f"Unknown reading '{reading}'", f"there are {', '.join(some)} and {last}", 'reading="default"')
    if reading == "released" and not info.released:
        if info.released_call is not None:
            raise UsageError(
                f"Score '{info.name}' does not switch to the released reading by itself", *info.released_call
            )
        raise UsageError(
            f"Score '{info.name}' has no released reading",
            "no code of its authors gives a definite value",
            'reading="default"',
        )
    chosen = {**info.options, **options}
    return chosen if "reading" in info.options else {name: value for name, value in chosen.items() if name != "reading"}


def check(info: ScoreInfo, workspace: Workspace, options: Mapping[str, Any]) -> None:
    """Raise where a score cannot even be tried.

    Raises:
        Undefined: the workspace lacks what the score needs, or its labels are of another kind, or all the same.
        UsageError: an option is not one of the score's.
    """
    resolve_options(info, options)
    for need in sorted(info.needed(options)):
        if not workspace.has(need):
            why, advice, fix = MISSING[need]
            if need == "probs" and workspace.no_probabilities:
                why = workspace.no_probabilities
            if need == "kernel" and workspace.no_kernel:
                why, fix = workspace.no_kernel, ""
            raise Undefined(f"{info.title} is undefined", why, fix.replace("{name}", info.name), advice=advice)
    if "probs" in info.needed(options) and workspace.source_classes == 1:
        why = "there is one source class, which every sample has with certainty"
        raise Undefined(f"{info.title} is undefined", why, "use a score that reads features: logme, knn, parc")
    if "labels" not in info.needs:
        return
    if workspace.target not in info.targets:
        supported = " or ".join(sorted(info.targets))
        raise Undefined(f"{info.title} is undefined", f"it is for {supported}, and the target is {workspace.target}")
    if workspace.n < 2:
        raise Undefined(f"{info.title} is undefined", "there is one sample", "add samples")
    if workspace.classes is not None and len(workspace.classes) < 2:
        raise Undefined(f"{info.title} is undefined", "all samples have the same label", "add samples of another class")


def _finite(info: ScoreInfo, value: float) -> float:
    if not math.isfinite(value):
        raise Undefined(
            f"{info.title} is undefined", f"the computation gave {value}", "standardise the features or add samples"
        )
    return float(value)


def score(
    name: str,
    *,
    features: ArrayLike | None = None,
    logits: ArrayLike | None = None,
    probs: ArrayLike | None = None,
    labels: ArrayLike | None = None,
    target: Target | None = None,
    general: ArrayLike | None = None,
    label_texts: Sequence[ArrayLike] | None = None,
    kernel: ArrayLike | None = None,
    reduce: int | None = None,
    **options: Any,
) -> float:
    """Compute one transferability score from arrays.

    Args:
        name: a registered score; ``hubscore scores`` lists them.
        features: shape (n samples, d features).
        logits: shape (n samples, z source classes).
        probs: shape (n samples, z source classes), instead of ``logits``.
        labels: shape (n samples,) or (n samples, q).
        target: what the labels are; integers and words of shape (n,) are classes.
        general: shape (m samples, d features) of a general set, for PED.
        label_texts: class-text embeddings, for EMMS.
        kernel: shape (n samples, n samples), for the layer kernel probe.
        reduce: exact PCA of the features to this many dimensions first.
        **options: the score's own, and ``reading="released"`` for what the authors' code computes.

    Returns:
        The score's value; ``hubscore scores NAME`` says range and direction.

    Raises:
        Undefined: with the reason, where the score has no value on these inputs.
        UsageError: for unfit inputs or an unknown name.

    Warns:
        RuntimeWarning: the value is defined, and something must be said with it, such as that NLEEP's mixture has fewer
            components than the paper's.

    Example:
        >>> import numpy as np
        >>> from hubscore import score
        >>> round(score("nce", probs=np.eye(2)[[0, 0, 1, 1]], labels=[0, 1, 1, 1]), 4)
        -0.3466
    """
    info = SCORES.get(name)
    if info.pool:
        raise UsageError(
            f"Score '{name}' is defined over several networks",
            "",
            f'score_pool("{name}", [dict(features=..., labels=...), ...])',
        )
    inputs = {"features": features, "logits": logits, "probs": probs, "labels": labels, "target": target}
    workspace = _workspace(info, **inputs, general=general, label_texts=label_texts, kernel=kernel)
    value = compute(info, workspace if reduce is None else reduced(workspace, reduce), **options)
    if told := caution(info, workspace.n, 0 if workspace.classes is None else len(workspace.classes), options):
        warnings.warn(told, RuntimeWarning, stacklevel=2)
    return value


def caution(info: ScoreInfo, samples: int, classes: int, options: Mapping[str, Any]) -> str:
    """Return what must be said with a score's values on so many samples in so many classes, or nothing."""
    return str(load_target(info.caution)(samples, classes, **options)) if info.caution and classes else ""


def score_pool(
    name: str, networks: Sequence[Mapping[str, Any]], *, reduce: int | None = None, **options: Any
) -> list[float]:
    """Compute a score that is defined over a set of networks.

    Args:
        name: a registered score; one that is defined for single networks is computed for each.
        networks: one mapping a network with the keywords of :func:`score` (``features``, ``logits``, ``labels``, ...).
        reduce: exact PCA of the features to this many dimensions first.
        **options: the score's own.

    Returns:
        One value per network, in order.

    Raises:
        Undefined: where the score has no value for one of them.
        UsageError: for unfit inputs or an unknown name.

    Example:
        >>> import numpy as np
        >>> from hubscore import score_pool
        >>> rows = [0, 0, 1, 1], [0, 1, 0, 1]
        >>> nets = [dict(probs=np.eye(2)[row], labels=[0, 0, 1, 1]) for row in rows]
        >>> [round(value, 4) + 0.0 for value in score_pool("nce", nets)]
        [0.0, -0.6931]
    """
    info = SCORES.get(name)
    check_networks(name, networks)
    workspaces = [_workspace(info, **network) for network in networks]
    if reduce is not None:
        workspaces = [reduced(workspace, reduce) for workspace in workspaces]
    if info.pool:
        check_same(name, workspaces)
        return compute_pool(info, workspaces, **options)
    return [compute(info, workspace, **options) for workspace in workspaces]


def _workspace(info: ScoreInfo, **inputs: Any) -> Workspace:
    """Return the workspace of what a person passed.

    Raises:
        UsageError: unfit inputs, among them probabilities where a score would take the softmax of logits.
    """
    workspace = Workspace(**in_reach(info, inputs))
    reads_logits = info.needs & {"probs", "features or logits"}
    if workspace.logits is not None and workspace.source_classes > 1 and reads_logits:
        if are_probabilities(workspace.logits):
            why = "every row is at least 0 and sums to 1, so these are probabilities, of which no softmax may be taken"
            raise UsageError("Cannot use logits", why, f'score("{info.name}", probs=..., labels=...)')
    return workspace

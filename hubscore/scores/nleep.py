"""NLEEP: LEEP for networks without a head, with a Gaussian mixture in the head's place."""

from __future__ import annotations

from typing import Literal

import numpy as np

from hubscore.errors import Advice, Undefined
from hubscore.numerics.class_statistics import counts
from hubscore.numerics.spectrum import principal_components, spectrum
from hubscore.numerics.validation import integer
from hubscore.numerics.workspace import Floats, Workspace
from hubscore.scores.leep import expected_prediction

TITLE = "NLEEP is undefined"


def nleep(
    workspace: Workspace,
    *,
    components: int | None = None,
    seed: int = 0,
    reading: Literal["default", "released"] = "default",
) -> float:
    r"""LEEP of the posteriors of a Gaussian mixture fitted to the principal components that hold 80 % of the variance.

    .. math:: \frac1N \sum_i \ln \sum_z q(y_i \mid z) p(z \mid x_i), \quad K = \min(5 C, N / 5)

    The paper has K = 5 C components; near N of them the mixture gives every sample its own and noise scores a perfect
    0, so K is capped at a fifth of the samples; where that is fewer, a warning and every ranking say so. The mixture
    starts at random: another seed, or another order of the samples, moves the value by 1 to 10 %.

    Args:
        workspace: features of shape (n samples, d features), labels of shape (n,) in c classes.
        components: of the mixture; none for min(5 c, n / 5).
        seed: of the mixture's start.
        reading: ``"released"`` is 5 c components and the mean of the probability instead of its logarithm (SFDA's
            code).

    Returns:
        At most 0 (released: between 0 and 1), higher is better.

    Raises:
        Undefined: fewer components than classes, more than samples, no feature varies, or the mixture cannot be fitted.
        UsageError: components is not an integer of at least 1, or the seed not one of at least 0.

    Source:
        Li et al., Ranking Neural Checkpoints, CVPR 2021.

    Example:
        >>> import numpy as np
        >>> rows = np.random.default_rng(0).normal(size=(40, 2)) + 9 * np.repeat([[0.0], [1.0]], 20, axis=0)
        >>> round(nleep(Workspace(features=rows, labels=np.repeat([0, 1], 20)), components=2), 6) + 0.0
        0.0
    """
    chances = expected_prediction(
        workspace, mixture_posteriors(workspace, components, seed, released=reading == "released")
    )
    if reading == "released":
        return float(chances.mean())
    return min(float(np.log(chances).mean()), 0.0)


def mixture_posteriors(workspace: Workspace, components: int | None, seed: int, *, released: bool) -> Floats:
    """Posteriors of a Gaussian mixture with full covariances, shape (n samples, components)."""
    from sklearn.mixture import GaussianMixture

    integer("seed", seed, 0, least=0)
    number = _components(workspace, components, released=released)
    rows = principal_components(workspace, _dimensions(workspace))
    try:
        mixture = GaussianMixture(n_components=number, random_state=seed).fit(rows)
    except ValueError as error:
        message = " ".join(str(error).split())
        raise Undefined(
            TITLE, f"the Gaussian mixture cannot be fitted ({message})", "add samples, or pass fewer components="
        ) from error
    posteriors: Floats = mixture.predict_proba(rows)
    return posteriors


def capped(samples: int, classes: int, *, components: int | None = None, reading: str = "default", **_: object) -> str:
    """Say that there are fewer components than the paper has; nothing where there are not.

    Example:
        >>> capped(500, 20), capped(500, 37)[:70]
        ('', 'nleep has 100 mixture components, a fifth of the 500 samples, and not ')
    """
    if components is not None or reading == "released" or samples // 5 >= 5 * classes or samples // 5 < classes:
        return ""
    return (
        f"nleep has {samples // 5} mixture components, a fifth of the {samples} samples, and not the paper's"
        f" {5 * classes} (5 for each of {classes} classes): its values are not those of that setting, which takes"
        f" {25 * classes} samples"
    )


def _components(workspace: Workspace, components: int | None, *, released: bool) -> int:
    classes, n = len(counts(workspace)), workspace.n
    if components is None:
        components = 5 * classes if released else min(5 * classes, n // 5)
        if components < classes:
            raise Undefined(
                TITLE,
                f"{n} samples carry {components} mixture components, fewer than {classes} classes, which take"
                f" {5 * classes}",
                advice=(Advice.SAMPLES,),
            )
    integer("components", components, 20)
    if components > n:
        raise Undefined(
            TITLE,
            f"{components} mixture components need as many samples, and there are {n}",
            advice=(Advice.SAMPLES,),
        )
    return components


def _dimensions(workspace: Workspace) -> int:
    variances = spectrum(workspace).values ** 2
    if not variances.size:
        raise Undefined(TITLE, "the features are the same for every sample", "use another layer or checkpoint")
    return int(np.searchsorted(np.cumsum(variances) / variances.sum(), 0.8, side="right")) + 1

"""Attribution maps: do two networks look at the same pixels?"""

from __future__ import annotations

from typing import Any

import numpy as np

from hubscore.errors import Undefined, UsageError
from hubscore.similarity.map_cosines import mean_cosines
from hubscore.similarity.validation import maps_of

TITLE = "The attribution similarity"


def attribution(a: Any, b: Any) -> float:
    r"""Return the mean over samples of the cosine of two networks' attribution maps.

    .. math:: \frac{1}{N_p} \sum_k \cos(A^a_k, A^b_k)

    Only pixels seen by both networks enter. Samples on which one of the maps is zero, or of which no pixel is seen by
    both, have no cosine and are left out of the mean.

    Args:
        a: maps, shape (n samples, channels, height, width), NaN where the network never saw the pixel.
        b: maps of the same samples on the same grid.

    Returns:
        Between -1 and 1, higher is more alike. Models are ordered by this; :func:`attribution_distance` turns it into
        Eq. 1.

    Raises:
        Undefined: fewer than 2 samples, or fewer than 2 on which both maps are other than zero where both networks see.
        UsageError: maps of different shapes, or with infinite numbers.

    Source:
        Song et al., Deep Model Transferability from Attribution Maps, NeurIPS 2019, Eq. 1 (its reciprocal).

    Example:
        >>> import numpy as np
        >>> a = np.array([[[[1.0, 0.0]]], [[[1.0, 1.0]]]])
        >>> round(attribution(a, np.array([[[[1.0, 0.0]]], [[[0.0, 2.0]]]])), 4)
        0.8536
    """
    return map_similarity(a, b, TITLE)


def map_similarity(a: Any, b: Any, title: str) -> float:
    """Return the mean cosine of two networks' maps; see :func:`attribution`."""
    found = mean_cosines([maps_of(a, title)], [maps_of(b, title)], dtype=np.float64)
    samples = int(found.samples[0, 0])
    if samples < 2:
        raise no_cosine(title, samples)
    return float(found.mean[0, 0])


def no_cosine(title: str, samples: int) -> Undefined:
    """Return the reason why two networks' maps cannot be compared."""
    why = f"on all but {samples} of the samples a map is zero, or no pixel is seen by both networks"
    return Undefined(
        f"{title} is undefined",
        why,
        "use more samples, or leave out a network whose output does not depend on its input",
    )


def attribution_distance(similarity: float) -> float:
    r"""Turn a mean cosine into the distance of the paper.

    .. math:: d(a, b) = \frac{N_p}{\sum_k \cos(A^a_k, A^b_k)}

    Args:
        similarity: from :func:`attribution`.

    Returns:
        1 or more, smaller is closer; a network is at distance 1 from itself, so this is not a metric.

    Raises:
        Undefined: the mean cosine is not positive; order by the cosine itself then.
        UsageError: a number outside -1 to 1.

    Source:
        Song et al., NeurIPS 2019, Eq. 1.

    Example:
        >>> attribution_distance(0.5)
        2.0
    """
    if not -1 <= similarity <= 1:
        raise UsageError(f"{similarity:g} is not a mean cosine", "", "pass a value of similarity('attribution', ...)")
    if similarity <= 0:
        why = f"the mean cosine is {similarity:.3g}, and the distance is its reciprocal"
        raise Undefined("The attribution distance is undefined", why, "order models by the mean cosine instead")
    return 1.0 / similarity

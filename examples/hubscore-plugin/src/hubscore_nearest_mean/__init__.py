"""The share of images that lie nearest to the mean of their own class."""

import numpy as np

from hubscore.errors import Undefined
from hubscore.numerics.workspace import Workspace
from hubscore.scores.info import score_entry


@score_entry(
    "nearest_mean",
    title="nearest class mean",
    needs={"features", "labels"},
    targets={"classification"},
    direction="higher",
    low=0.0,
    high=1.0,
    family="neighbour",
    paper="Mensink, Verbeek, Perronnin, Csurka, Distance-Based Image Classification, TPAMI 2013; an example",
    checked_against="own-reading",
    cost="O(n c d)",
    measures=(
        "How many images would be classified rightly by the nearest class mean, their own image left out of the mean."
    ),
    misleads="Classes that form several clusters have a mean that is far from all of them.",
    reading="The chance level is 1 / classes; 1 means that round, well separated classes are there already.",
    invariant={"rotation", "shift", "scale"},
)
def nearest_mean(workspace: Workspace) -> float:
    """Return the leave-one-out accuracy of the nearest-class-mean classifier.

    Args:
        workspace: features (n samples, d features) and integer labels (n samples,), checked and in float64.

    Returns:
        Between 0 and 1, higher is better.

    Raises:
        Undefined: a class has one image, so nothing is left for its mean.

    Source:
        An example: Mensink, Verbeek, Perronnin, Csurka, TPAMI 2013, classify by the nearest class mean.

    Example:
        >>> from hubscore.numerics.workspace import Workspace
        >>> features = np.array([[0.0], [1.0], [2.0], [10.0], [11.0], [3.0]])  # the last is nearest to the other class
        >>> round(nearest_mean(Workspace(features=features, labels=np.array([0, 0, 0, 1, 1, 1]))), 3)
        0.833
    """
    features, labels = workspace.features, workspace.labels
    counts = np.bincount(labels)
    if counts.min() < 2:
        raise Undefined("nearest class mean is undefined", "a class has one image", "use more samples")
    sums = np.stack([features[labels == label].sum(axis=0) for label in range(len(counts))])
    distances = ((features[:, None, :] - sums / counts[:, None]) ** 2).sum(axis=2)
    own = (sums[labels] - features) / (counts[labels] - 1)[:, None]
    distances[np.arange(len(labels)), labels] = ((features - own) ** 2).sum(axis=1)
    return float((distances.argmin(axis=1) == labels).mean())

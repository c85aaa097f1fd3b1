"""The layer kernel probe: the kernel probe on one kernel, made of all layers of a network."""

from __future__ import annotations

from hubscore.errors import UsageError
from hubscore.numerics.kernel_ridge import LAMBDAS, decomposed
from hubscore.numerics.workspace import Workspace, memoized
from hubscore.scores.kernel_probe import Judged, in_blocks, judged


def layer_kernel_probe(workspace: Workspace) -> float:
    r"""Return the leave-one-out accuracy of kernel ridge regression on a kernel of the network's layers.

    A ranking makes the kernel from one more forward pass in which BatchNorm takes its statistics from the target's own
    rows. For layer i of L, every ungrouped convolution and linear layer but the head: the output averaged over space or
    tokens, sign(x) sqrt|x|, standardised columns, linear kernel, centred, divided by its mean diagonal:
    :math:`K_i`. Then

    .. math:: M = \frac{\sum_i w_i K_i}{\sum_i w_i}, \quad w_i = \Big(\frac{i}{L - 1}\Big)^2, \quad
        K_{jk} = \exp(-d_{jk}^2 / \mathrm{median}\, d^2), \quad d_{jk}^2 = M_{jj} + M_{kk} - 2 M_{jk}

    The score takes any K as it is: it is centred and divided by its mean diagonal, and each sample is told by the ridge
    fitted to all others as in :func:`~hubscore.scores.kernel_probe.kernel_probe`, with lambda among .003, .01, ..., 3.
    More than 2,000 samples are scored in blocks, as there.

    Args:
        workspace: with a kernel, shape (n samples, n samples), symmetric and positive semidefinite, and labels.

    Returns:
        The accuracy, between 0 and 1, higher is better; for several labels and for regression as
        :func:`~hubscore.scores.kernel_probe.kernel_probe`.

    Raises:
        Undefined: fewer than three samples, a class for each sample, a kernel that is the same everywhere, or a matrix
            with an eigenvalue clearly below 0.

    Source:
        As :func:`~hubscore.scores.kernel_probe.kernel_probe`, ICML 1998; the kernel of layers is hubscore's own.

    Example:
        >>> import numpy as np
        >>> from hubscore import score
        >>> rows = np.array([[0.0], [1.0], [4.0], [5.0]])
        >>> score("layer_kernel_probe", kernel=rows @ rows.T, labels=[0, 0, 1, 1])
        1.0
    """
    return judged_layers(workspace).value


def layer_kernel_probe_loss(workspace: Workspace) -> float:
    r"""Return the leave-one-out log loss of kernel ridge regression on a kernel of the network's layers.

    .. math:: \min_{b \in \{2, 4, 6, 8, 12\}} -\frac1n \sum_i \ln
        \frac{\exp(b P_{i y_i})}{\sum_c \exp(b P_{ic})}

    with the outputs P of :func:`layer_kernel_probe`, which are computed once for both.

    Args:
        workspace: with a kernel, shape (n samples, n samples), symmetric and positive semidefinite, and classes.

    Returns:
        At least 0, lower is better; about ln(classes) when the kernel says nothing.

    Raises:
        Undefined: as :func:`layer_kernel_probe`.

    Source:
        As :func:`layer_kernel_probe`.

    Example:
        >>> import numpy as np
        >>> from hubscore import score
        >>> rows = np.array([[0.0], [1.0], [4.0], [5.0]])
        >>> round(score("layer_kernel_probe_loss", kernel=rows @ rows.T, labels=[0, 0, 1, 1]), 4)
        0.0022
    """
    return judged_layers(workspace).log_loss


@memoized
def judged_layers(workspace: Workspace) -> Judged:
    """Return accuracy and loss of the kernel."""
    return in_blocks(workspace, _judged)


def _judged(workspace: Workspace) -> Judged:
    if workspace.kernel is None:
        raise UsageError("There is no kernel", "", "pass kernel= of shape (n, n)")
    return judged(decomposed(workspace.kernel), workspace, LAMBDAS)

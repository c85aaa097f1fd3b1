"""Bayesian least-squares SVM: the evidence of labels coded -1 and +1 on centred features."""

from __future__ import annotations

from hubscore.errors import Advice, Undefined
from hubscore.numerics.evidence import design, label_targets, log_evidence, signed, unbounded
from hubscore.numerics.spectrum import check_varying
from hubscore.numerics.workspace import Workspace


def ls_svm(workspace: Workspace) -> float:
    r"""Sum the largest log evidence over classes, each coded +1 against the rest at -1.

    .. math:: \sum_c \sup_{\alpha, \beta} \ln N(t_c; 0, \bar X \bar X^T / \alpha + I / \beta)

    Only the paper's abstract could be read: label coding, centred features without intercept, and the sum are our
    reading. Under it the share (1 - 2/C)^2 of the labels' squares, their mean, counts as noise, so that the order
    misleads with many classes.

    Args:
        workspace: with features, shape (n samples, d features), and classes or 0/1 labels.

    Returns:
        Any real number, higher is better.

    Raises:
        Undefined: a class holds exactly half of the samples and the features fit its labels exactly, so that the
            evidence is infinite; or no feature varies.

    Source:
        Kim, Jang, Han, Choi, Learning to Select Pre-Trained Deep Representations with Bayesian Evidence Framework, CVPR
        2016.

    Example:
        >>> import numpy as np
        >>> from hubscore import score
        >>> round(score("ls_svm", features=np.array([[0.0], [1.0], [2.0], [5.0]]), labels=[0, 0, 1, 1]), 3)
        -10.07
    """
    check_varying(workspace, "Bayesian LS-SVM")
    features = design(workspace, with_mean=False)
    labels = signed(label_targets(workspace), workspace.n)
    if unbounded(features, labels):
        raise Undefined(
            "Bayesian LS-SVM is undefined",
            f"the labels are an exact linear function of the centred features, whose rank is {features.rank} for"
            f" {workspace.n} samples",
            advice=(Advice.REDUCE, Advice.SAMPLES),
        )
    return float(log_evidence(features, labels).sum())

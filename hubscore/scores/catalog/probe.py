"""Scores of the probe family: how well does a simple classifier on the frozen features do?"""

from hubscore.scores.info import ScoreInfo

_LABELS = frozenset({"classification", "multilabel", "regression"})
_OWN = (
    "Saunders, Gammerman, Vovk, ICML 1998 (kernel ridge regression); Allen, Technometrics, 1974 (exact leave-one-out);"
    " the choice of"
)
_RARE = (
    "A class with one sample is never seen when that sample is left out, so it counts as wrong, and with fewer than"
    " five samples a class the value says little."
)
_ACCURACY = (
    "An accuracy between 0 and 1 on samples left out one by one; chance is about the share of the largest class. For"
    " several labels it is the mean average precision, for regression R² (at most 1, about 0 for nothing)."
)
_LOSS = (
    "A mean negative log-probability: 0 is perfect, ln(classes) (2.3 for ten) says that nothing is known. Where several"
    " networks have accuracy 1 it still tells which of them separates the classes more clearly."
)

ENTRIES: tuple[ScoreInfo, ...] = (
    ScoreInfo(
        name="logistic",
        title="linear probe",
        function="hubscore.scores.logistic:logistic",
        needs=frozenset({"features", "labels"}),
        targets=frozenset({"classification", "multilabel"}),
        direction="higher",
        low=0.0,
        high=1.0,
        family="probe",
        paper="Bolya, Mittapalli, Hoffman, NeurIPS 2021, as a baseline; cross-validated here",
        checked_against="third-party",
        cost="up to 5 fits, each tens of O(n min(n, d) c) steps; the slowest score",
        measures=(
            "The accuracy of a logistic regression on the frozen features, on samples it was not fitted to: each fifth"
            " of the probe is predicted from the other four."
        ),
        misleads=(
            "It measures the features as they are, while fine-tuning changes them. With few samples per class it is"
            " noisy: at 500 samples one standard error is about 0.02."
        ),
        reading=(
            "An accuracy between 0 and 1; for several labels the mean over labels. Differences under 0.04 on 500"
            " samples are not safe."
        ),
        options={"reading": "default", "folds": 5},
        resample="few",
        invariant=frozenset({"shift", "scale", "columns"}),
        order_free=False,
        released=(
            "one fit on the first half, in the given order, of the raw features, at most 20 steps; accuracy on the"
            " second half"
        ),
    ),
    ScoreInfo(
        name="kernel_probe",
        title="kernel probe",
        function="hubscore.scores.kernel_probe:kernel_probe",
        needs=frozenset({"features", "labels"}),
        targets=_LABELS,
        direction="higher",
        low=0.0,
        high=1.0,
        regression_range=("-inf", 1.0),
        family="probe",
        paper=f"{_OWN} five kernels is hubscore's own",
        checked_against="own-reading",
        cost="five decompositions of O(n^2 min(n, d)), in blocks of 2,000 samples",
        measures=(
            "The accuracy of kernel ridge regression on the frozen features, each sample told by a fit to all others:"
            " the mean over five kernels (linear, standardised, square root, cosine, Gaussian). hubscore predicts the"
            " accuracy after fine-tuning from it."
        ),
        misleads=(
            "It measures the features as they are: networks trained for something narrow (one kind of object, digits)"
            f" gain more from fine-tuning than it shows, and good general ones less. {_RARE}"
        ),
        reading=_ACCURACY,
        resample="few",
        invariant=frozenset({"rotated", "scale"}),
        averaged=False,
    ),
    ScoreInfo(
        name="kernel_probe_loss",
        title="kernel probe's log loss",
        function="hubscore.scores.kernel_probe:kernel_probe_loss",
        needs=frozenset({"features", "labels"}),
        targets=frozenset({"classification"}),
        direction="lower",
        low=0.0,
        high="inf",
        family="probe",
        paper=f"{_OWN} five kernels is hubscore's own",
        checked_against="own-reading",
        cost="none beside the kernel probe; by itself that of it: five decompositions of O(n^2 min(n, d))",
        measures=(
            "How much probability the kernel probe gives to the class of a sample that it never saw, after a softmax"
            " whose slope is the best of five."
        ),
        misleads=(
            "Its scale depends on the number of classes, so compare networks on the same samples only; one slope is"
            f" chosen on the samples it is judged on. {_RARE}"
        ),
        reading=_LOSS,
        resample="few",
        invariant=frozenset({"rotated", "scale"}),
        averaged=False,
    ),
    ScoreInfo(
        name="layer_kernel_probe",
        title="layer kernel probe",
        function="hubscore.scores.layer_kernel_probe:layer_kernel_probe",
        needs=frozenset({"kernel", "labels"}),
        targets=_LABELS,
        direction="higher",
        low=0.0,
        high=1.0,
        regression_range=("-inf", 1.0),
        family="probe",
        paper=f"{_OWN} layers and their weights is hubscore's own",
        checked_against="own-reading",
        cost="one more forward pass, then one decomposition of O(n^3), in blocks of 2,000 samples",
        measures=(
            "The kernel probe on one kernel made of all layers, deeper ones more, while the network normalises with the"
            " statistics of your samples: what it could still use after fine-tuning has moved its last layers."
        ),
        misleads=(
            "It needs every layer's outputs, so it exists only where the network was run here, and it depends on which"
            f" samples are in the probe: BatchNorm takes its statistics from them. {_RARE}"
        ),
        reading=_ACCURACY,
        resample="few",
        averaged=False,
    ),
    ScoreInfo(
        name="layer_kernel_probe_loss",
        title="layer kernel probe's log loss",
        function="hubscore.scores.layer_kernel_probe:layer_kernel_probe_loss",
        needs=frozenset({"kernel", "labels"}),
        targets=frozenset({"classification"}),
        direction="lower",
        low=0.0,
        high="inf",
        family="probe",
        paper=f"{_OWN} layers and their weights is hubscore's own",
        checked_against="own-reading",
        cost="none beside the layer kernel probe; by itself that of it: one decomposition of O(n^3)",
        measures=(
            "How much probability the layer kernel probe gives to the class of a sample that it never saw, after a"
            " softmax whose slope is the best of five."
        ),
        misleads=(
            "Its scale depends on the number of classes, so compare networks on the same samples only; one slope is"
            f" chosen on the samples it is judged on. {_RARE}"
        ),
        reading=_LOSS,
        resample="few",
        averaged=False,
    ),
)

"""The probe score: how well does a linear classifier on the frozen features do?"""

from hubscore.scores.info import ScoreInfo

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
)

"""The coding-rate score: how much shorter is the code of the features once the labels are known?"""

from hubscore.scores.info import ScoreInfo

ENTRIES: tuple[ScoreInfo, ...] = (
    ScoreInfo(
        name="transrate",
        title="TransRate",
        function="hubscore.scores.transrate:transrate",
        needs=frozenset({"features", "labels"}),
        targets=frozenset({"classification"}),
        direction="higher",
        low="-inf",
        high="inf",
        family="coding",
        paper=(
            "Huang, Wei, Rong, Yang, Huang, Frustratingly Easy Transferability Estimation, ICML 2022: the ten lines of"
            " code in it"
        ),
        checked_against="paper",
        cost="one Gram matrix of min(n, d) and one of each class",
        measures=(
            "How much shorter the code for the features gets once the labels are known: the length of all features"
            " written down to a fixed precision, minus the mean length of the features of one class."
        ),
        misleads=(
            "The precision is absolute, so larger or wider features score higher for no other reason. Compare networks"
            " of one family, or read it beside the other scores. The authors' tables come from two other"
            ' formulas (reading="released" and "proj").'
        ),
        reading="At least 0 when classes have equal size; no upper bound. The number means nothing by itself.",
        options={"reading": "default", "eps": 1e-4},
        invariant=frozenset({"rotation", "shift"}),
        released=(
            "the repository's raw variant: rows scaled to length 1, centred and scaled again; spectra over all and over"
            " each class, divided by the rank; classes weighted by their share"
        ),
        readings={
            "proj": (
                "the projected variant, behind most tables of the repository: covariances times pinv(covariance) times"
                " the class means' covariance, classes around their own means, divided by its rank"
            )
        },
    ),
)

"""Scores that compare a checkpoint with a network that was trained on the target."""

from hubscore.scores.info import ScoreInfo

_ALL = frozenset({"classification", "multilabel", "regression", "annotation"})
_REFERENCE = (
    "It says which checkpoint resembles the reference network, so it is as good as that network is for your task. It"
    " does not look at labels and does not enter the consensus where there are any."
)


ENTRIES: tuple[ScoreInfo, ...] = (
    ScoreInfo(
        name="attribution",
        title="attribution-map similarity to a reference",
        function="hubscore.scores.reference:attribution",
        needs=frozenset({"maps", "reference_maps"}),
        targets=_ALL,
        direction="higher",
        low=-1.0,
        high=1.0,
        family="attribution",
        paper="Song et al., Deep Model Transferability from Attribution Maps, NeurIPS 2019, Eq. 1 (its reciprocal)",
        checked_against="paper",
        cost="one backward pass, then O(n pixels)",
        measures=(
            "Whether the checkpoint looks at the same pixels of your images as a network that was trained on your task."
        ),
        misleads=(
            f"{_REFERENCE} Networks with different input normalisation differ in gradient x input even where gradients"
            " agree."
        ),
        reading="1: the same pixels; 0: nothing in common. 0.02 to 0.4 is usual.",
        resample="few",
    ),
    ScoreInfo(
        name="depara",
        title="DEPARA to a reference",
        function="hubscore.scores.reference:depara",
        needs=frozenset({"features", "reference", "nodes", "reference_nodes"}),
        targets=_ALL,
        direction="higher",
        low="-inf",
        high="inf",
        family="attribution",
        paper="Song et al., DEPARA: Deep Attribution Graph for Deep Knowledge Transferability, CVPR 2020, Eq. 5",
        checked_against="paper",
        cost="one backward pass, then O(n pixels + n^2 d + n^2 ln n)",
        measures=(
            "Whether the checkpoint looks at the same pixels as a network that was trained on your task, plus lambda"
            " times whether both order pairs of images alike."
        ),
        misleads=f"{_REFERENCE} Nodes and edges have different spreads, so lambda decides which of them speaks.",
        reading="1 + lambda: the same network; 0: nothing in common.",
        options={"lambda_": 1.0},
        invariant=frozenset({"rotation", "scale"}),
        resample="few",
    ),
    ScoreInfo(
        name="rsa",
        title="RSA",
        function="hubscore.scores.reference:rsa",
        needs=frozenset({"features", "reference"}),
        targets=_ALL,
        direction="higher",
        low=-1.0,
        high=1.0,
        family="representation",
        paper="Dwivedi and Roig, CVPR 2019; as a score Bolya, Mittapalli, Hoffman, NeurIPS 2021, Table 1",
        checked_against="paper",
        cost="O(n^2 d + n^2 ln n)",
        measures=(
            "Whether the checkpoint and a network that was trained on your task put the same pairs of images far apart."
        ),
        misleads=f"{_REFERENCE} Columns are standardised, so noise in idle features counts as much as signal.",
        reading="1: the same order of distances; 0: unrelated. The authors show it times 100.",
        invariant=frozenset({"shift", "scale", "columns"}),
        resample="few",
        released="the same",
    ),
    ScoreInfo(
        name="dds",
        title="DDS",
        function="hubscore.scores.reference:dds",
        needs=frozenset({"features", "reference"}),
        targets=_ALL,
        direction="higher",
        low=-1.0,
        high=1.0,
        family="representation",
        paper=(
            "Dwivedi et al., Duality Diagram Similarity, ECCV 2020; as a score Bolya, Mittapalli, Hoffman, NeurIPS"
            " 2021, Table 1"
        ),
        checked_against="paper",
        cost="O(n^2 d)",
        measures=(
            "Whether the tables of distances of the checkpoint and of a network that was trained on your task depend on"
            " each other."
        ),
        misleads=f"{_REFERENCE} Columns are standardised, so noise in idle features counts as much as signal.",
        reading="1: the same distances up to scale; around 0: unrelated, and it may be negative.",
        invariant=frozenset({"shift", "scale", "columns"}),
        resample="few",
        released="the same",
    ),
    ScoreInfo(
        name="cka",
        title="CKA to a reference",
        function="hubscore.scores.reference:cka",
        needs=frozenset({"features", "reference"}),
        targets=_ALL,
        direction="higher",
        low=-1.0,
        high=1.0,
        family="representation",
        paper="Kornblith et al., Similarity of Neural Network Representations Revisited, ICML 2019, Eq. 4",
        checked_against="paper",
        cost="O(n^2 d)",
        measures=(
            "Whether the checkpoint and a network that was trained on your task find the same pairs of images alike."
        ),
        misleads=(
            f"{_REFERENCE} A few directions with large variance decide it, and wide networks on few images look alike."
        ),
        reading="1: alike up to rotation and scale; somewhat above 0: unrelated. Below 0 only with debiased=True.",
        options={"debiased": False},
        invariant=frozenset({"rotation", "shift", "scale"}),
        resample="few",
    ),
    ScoreInfo(
        name="svcca",
        title="SVCCA to a reference",
        function="hubscore.scores.reference:svcca",
        needs=frozenset({"features", "reference"}),
        targets=_ALL,
        direction="higher",
        low=0.0,
        high=1.0,
        family="representation",
        paper="Raghu et al., SVCCA, NeurIPS 2017, section 2.1",
        checked_against="paper",
        cost="one thin SVD a network",
        measures=(
            "How well the main directions of the checkpoint's features predict those of a network that was trained on"
            " your task."
        ),
        misleads=f"{_REFERENCE} With fewer images than five times the directions all correlations come out too high.",
        reading="1: the same directions; 0: unrelated. Undefined where directions are as many as images.",
        options={"variance": 0.99, "components": None},
        invariant=frozenset({"rotation", "shift", "scale"}),
        resample="none",
    ),
    ScoreInfo(
        name="pwcca",
        title="PWCCA to a reference",
        function="hubscore.scores.reference:pwcca",
        needs=frozenset({"features", "reference"}),
        targets=_ALL,
        direction="higher",
        low=0.0,
        high=1.0,
        family="representation",
        paper="Morcos, Raghu, Bengio, NeurIPS 2018, section 2.2",
        checked_against="own-reading",
        cost="one thin SVD a network",
        measures=(
            "How well the checkpoint predicts a network that was trained on your task, directions weighted by what they"
            " hold of it."
        ),
        misleads=f"{_REFERENCE} It needs more images than the two networks have features together.",
        reading=(
            "1: the checkpoint predicts the reference; 0: unrelated. Undefined where directions are as many as images."
        ),
        options={"variance": 1.0, "components": None},
        invariant=frozenset({"affine", "rotation", "shift", "scale", "columns"}),
        resample="none",
    ),
)

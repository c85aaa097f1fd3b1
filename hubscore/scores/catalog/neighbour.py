"""The neighbour and distance scores: are samples that lie close together labelled alike?"""

from hubscore.scores.info import ScoreInfo

ENTRIES: tuple[ScoreInfo, ...] = (
    ScoreInfo(
        name="parc",
        title="PARC",
        function="hubscore.scores.parc:parc",
        needs=frozenset({"features", "labels"}),
        targets=frozenset({"classification", "multilabel", "regression", "annotation"}),
        direction="higher",
        low=-1.0,
        high=1.0,
        family="neighbour",
        paper=(
            "Bolya, Mittapalli, Hoffman, Scalable Diverse Model Selection for Accessible Transfer Learning, NeurIPS"
            " 2021"
        ),
        checked_against="paper",
        cost="O(n^2 d + n^2 ln n), in blocks",
        measures=(
            "Whether pairs of samples that the network sees as far apart are also far apart in their labels: the rank"
            " correlation between all feature distances and all label distances."
        ),
        misleads=(
            "With many classes nearly all pairs differ, so the value is small for every model and its noise matters. It"
            " treats all dimensions alike, so wide features full of nuisance directions are underrated; parc@32 helps"
            " there. Sign patterns of two-column regression targets keep only which column is larger."
        ),
        reading=(
            "1: the farther in features, the farther in labels; 0: no relation. The authors show it times 100. Good"
            " models reach 0.1 to 0.6, less with many classes."
        ),
        invariant=frozenset({"rotated", "shift", "scale", "columns"}),
    ),
    ScoreInfo(
        name="knn",
        title="k nearest neighbours, leave one out",
        function="hubscore.scores.knn:knn",
        needs=frozenset({"features", "labels"}),
        targets=frozenset({"classification", "multilabel", "regression", "annotation"}),
        direction="higher",
        low=0.0,
        high=1.0,
        regression_range=(-1.0, 1.0),
        annotation_range=("-inf", 0.0),
        family="neighbour",
        paper="Bolya, Mittapalli, Hoffman, NeurIPS 2021, as a baseline; the rule is Fix and Hodges, 1951",
        checked_against="third-party",
        cost="O(n^2 d), in blocks",
        measures=(
            "The share of samples whose nearest other sample, by Euclidean distance of the features, has the same"
            " label."
        ),
        misleads=(
            "Copies of one row in the probe make it too good. It is sensitive to the scale of single dimensions,"
            " and with few samples per class the nearest neighbour says little."
        ),
        reading=(
            "An accuracy between 0 and 1; chance is about the sum of the squared class shares. For regression it is the"
            " correlation of targets with the neighbours' mean, -1 to 1. For vectors, as area shares in detection, it"
            " is minus the mean L1 distance to the nearest neighbour's vector, at most 0 (PARC, Table 6)."
        ),
        options={"k": 1},
        invariant=frozenset({"rotation", "shift", "scale"}),
    ),
    ScoreInfo(
        name="lfc",
        title="LFC",
        function="hubscore.scores.lfc:lfc",
        needs=frozenset({"features", "labels"}),
        targets=frozenset({"classification"}),
        direction="higher",
        low=-1.0,
        high=1.0,
        family="neighbour",
        paper="Deshpande et al., A linearized framework and a new benchmark for model selection for fine-tuning, 2021",
        checked_against="third-party",
        cost="one SVD of n x d shared with others, then O(n d)",
        measures=(
            "The cosine of two tables of pairs: how alike two samples' features are (inner product), and whether they"
            " share a label."
        ),
        misleads=(
            "Features are used as they are, not centred: a large common mean, as after a ReLU, hides the differences"
            " between classes. With many classes nearly all pairs differ and the value is small for every model."
        ),
        reading=(
            "1: inner products tell exactly who shares a label; 0: no relation. 0.1 to 0.5 is usual; compare on the"
            " same probe only."
        ),
        invariant=frozenset({"rotation", "scale"}),
    ),
)

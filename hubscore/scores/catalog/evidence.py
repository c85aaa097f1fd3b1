"""The evidence scores: how probable are the labels under a Bayesian linear model on the features?"""

from hubscore.scores.info import ScoreInfo

ENTRIES: tuple[ScoreInfo, ...] = (
    ScoreInfo(
        name="logme",
        title="LogME",
        function="hubscore.scores.logme:logme",
        needs=frozenset({"features", "labels"}),
        targets=frozenset({"classification", "multilabel", "regression"}),
        direction="higher",
        low="-inf",
        high="inf",
        family="evidence",
        paper="You, Liu, Wang, Long, ICML 2021, Eq. 2 and Algorithm 1; You et al., JMLR 2022",
        checked_against="paper",
        cost="one SVD of n x d shared with others, then O(n c min(n, d))",
        measures=(
            "How probable the labels are if each class is a linear function of the features plus noise, averaged over"
            " all weights instead of fitted to the best ones. Features that explain the labels with few, small weights"
            " win."
        ),
        misleads=(
            "It sees straight lines only: a network whose fine-tuning bends the features is underrated. Values of"
            " probes with other class counts or sample counts cannot be compared. With more dimensions than samples"
            " several widely copied implementations drop a term and rank by feature width; this one does not."
        ),
        reading=(
            "A log density per sample, averaged over classes; any real number, higher is better. Only differences"
            " between models on one probe mean anything: 0.01 is small, 0.1 is large."
        ),
        options={"reading": "default", "rounds": 11, "stop": 1e-3},
        invariant=frozenset({"rotation", "scale"}),
        released=(
            "the authors' iteration from alpha = beta = 1, at most 11 rounds, ending when alpha/beta changes by less"
            " than 0.1 %, without the constants that some versions add to denominators"
        ),
    ),
    ScoreInfo(
        name="ls_svm",
        title="Bayesian LS-SVM",
        function="hubscore.scores.ls_svm:ls_svm",
        needs=frozenset({"features", "labels"}),
        targets=frozenset({"classification", "multilabel"}),
        direction="higher",
        low="-inf",
        high="inf",
        family="evidence",
        paper="Kim, Jang, Han, Choi, CVPR 2016 (abstract only; the objective is our reading of it)",
        checked_against="own-reading",
        cost="one SVD of n x d shared with others, then O(n c min(n, d))",
        measures=(
            "How probable the labels, coded -1 and +1 for each class against the rest, are under a Bayesian"
            " least-squares classifier on the centred features."
        ),
        misleads=(
            "Only the paper's abstract could be read, so label coding, centring and the sum over classes are our"
            " choice. As there is no intercept, the mean of such labels counts as noise: with ten equal classes it is"
            " 64 % of their squares, which hides how well the rest is fitted. Networks then differ by little, and the"
            " order often contradicts LogME, which codes labels 0 and 1: on Fashion-MNIST with 26 fine-tuned networks"
            " the weighted tau was 0.44 against LogME's 0.84. Of use with few classes only."
        ),
        reading=(
            "A log density of all labels together, so it grows with samples and classes; only differences between"
            " models on the same probe mean anything."
        ),
        invariant=frozenset({"rotation", "shift", "scale"}),
    ),
)

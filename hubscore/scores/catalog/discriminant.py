"""Scores of the discriminant family: how far the features hold the classes apart."""

from hubscore.scores.info import ScoreInfo

_CLASSES = frozenset({"classification"})
_NEEDS = frozenset({"features", "labels"})

ENTRIES: tuple[ScoreInfo, ...] = (
    ScoreInfo(
        name="h_score",
        title="H-score",
        function="hubscore.scores.h_score:h_score",
        needs=_NEEDS,
        targets=_CLASSES,
        direction="higher",
        low=0.0,
        high="classes - 1",
        family="discriminant",
        paper=(
            "Bao, Li, Huang, Zhang, Zheng, Zamir, Guibas, An Information-Theoretic Approach to Transferability in Task"
            " Transfer Learning, ICIP 2019, Definition 2"
        ),
        checked_against="paper",
        cost="one SVD shared with others, then O(n r)",
        measures=(
            "How much of the features' spread lies between the class means: far apart in units of the overall spread is"
            " good."
        ),
        misleads=(
            "With as many features as images any labels separate perfectly and every network gets classes - 1; it is"
            " undefined there, and flattering nearby. Use h_score_shrunk, a reduction to 32 dimensions, or more images."
        ),
        reading=(
            "0: class means coincide. classes - 1: features say the class for certain. In between, roughly the number"
            " of class boundaries that are settled."
        ),
        invariant=frozenset({"rotation", "shift", "scale", "columns", "affine"}),
    ),
    ScoreInfo(
        name="h_score_shrunk",
        title="shrinkage H-score",
        function="hubscore.scores.h_score_shrunk:h_score_shrunk",
        needs=_NEEDS,
        targets=_CLASSES,
        direction="higher",
        low=0.0,
        high="inf",
        family="discriminant",
        paper=(
            "Ibrahim, Ponomareva, Mazumder, Newer is not always better: Rethinking Transferability Metrics, their"
            " Peculiarities, Stability and Performance, ECML PKDD 2022: the shrinkage-based H-score"
        ),
        checked_against="third-party",
        cost="one SVD shared with others, then O(n r)",
        measures=(
            "The H-score with a covariance estimate that pulls poorly known directions to the average, so that few"
            " images suffice."
        ),
        misleads=(
            "How much is pulled depends on the features alone, not on the labels: a network with one dominant direction"
            " is pulled hard and scores low."
        ),
        reading="As the H-score, but with no fixed maximum. Compare networks on the same images.",
        invariant=frozenset({"rotation", "shift", "scale"}),
        released="the same",
    ),
    ScoreInfo(
        name="sfda",
        title="SFDA",
        function="hubscore.scores.sfda:sfda",
        needs=_NEEDS,
        targets=_CLASSES,
        direction="higher",
        low=0.0,
        high=1.0,
        family="discriminant",
        paper=(
            "Shao, Zhao, Ge, Zhang, Yang, Wang, Shan, Luo, Not All Models Are Equal: Predicting Model Transferability"
            " in a Self-challenging Fisher Space, ECCV 2022, as released (SFDA_Score)"
        ),
        checked_against="authors-code",
        cost="two solves of min(n, d)^3, plus O(n d min(n, d))",
        measures=(
            "How surely a linear classifier tells your classes apart, after the images it was least sure of have been"
            " pulled towards the other classes. The second look rewards networks with room to spare."
        ),
        misleads=(
            "It is measured on the images it was fitted to. With more features than images every network reaches"
            " 1.0000: these are ties, not equal quality. It depends on the scale of the features."
        ),
        reading=(
            "A mean probability of the right class. 1 / classes is chance. Several networks at 1.0000 say: too few"
            " images for this score."
        ),
        invariant=frozenset({"rotated", "shift"}),
        released="the same",
    ),
    ScoreInfo(
        name="fda",
        title="FDA",
        function="hubscore.scores.fda:fda",
        needs=_NEEDS,
        targets=_CLASSES,
        direction="higher",
        low=0.0,
        high=1.0,
        family="discriminant",
        paper="Bai et al. (Fennec), ECCV 2024, Eq. 2 and 3, with SFDA's shrinkage",
        checked_against="own-reading",
        cost="one solve of min(n, d)^3, plus O(n d min(n, d))",
        measures="How surely a linear classifier tells your classes apart: SFDA without its second look.",
        misleads=(
            "It is measured on the images it was fitted to, so with more features than images it says 1 for every"
            " network."
        ),
        reading="A mean probability of the right class. 1 / classes is chance, 1 is certainty.",
        options={"aggregate": "mean", "reading": "default"},
        invariant=frozenset({"rotated", "shift"}),
        released="the paper's sum over the samples instead of the mean",
    ),
    ScoreInfo(
        name="ped",
        title="PED",
        function="hubscore.scores.ped:ped",
        needs=_NEEDS,
        targets=_CLASSES,
        direction="higher",
        low="-inf",
        high="inf",
        family="discriminant",
        paper=(
            "Li, Hu, Ge, Shan, Duan, Exploring Model Transferability through the Lens of Potential Energy, ICCV 2023,"
            " as released (PED_Score)"
        ),
        checked_against="authors-code",
        cost="O(n d + c^2 d) a step, then its base score",
        measures=(
            "The base score (SFDA) after overlapping classes have repelled each other, which imitates what fine-tuning"
            " will do to them."
        ),
        misleads=(
            "The repulsion is a simple physical picture with settings chosen by its authors. Without features of a"
            " general image set (general=) lengths are measured by your own images, which changes the value."
        ),
        reading="As its base: with SFDA a mean probability, 1.0000 being a tie.",
        options={"base": "sfda", "time_step": 0.1, "force": 1.0, "radius": 0.6, "steps": 6, "stop": 0.5},
        invariant=frozenset({"rotated", "shift"}),
        released="the same; the authors always pass a general set",
    ),
    ScoreInfo(
        name="etran",
        title="ETran",
        function="hubscore.scores.etran:etran",
        needs=_NEEDS,
        targets=frozenset({"classification", "regression"}),
        direction="higher",
        low=0.0,
        high=1.0,
        family="discriminant",
        paper=(
            "Gholami, Akbari, Wang, Kamranian, Zhang, ETran: Energy-Based Transferability Estimation, ICCV 2023, and"
            " its code"
        ),
        checked_against="own-reading",
        cost="that of fda, plus O(n d)",
        measures=(
            "Two questions at once: does the network respond to your images as to familiar ones (15 %), and does a"
            " linear classifier tell your classes apart (85 %)? For regression the second is how well a line fits."
        ),
        misleads=(
            "Each part is stretched so that the worst network of the set gets 0 and the best 1: adding or removing a"
            " network changes all values, and a tiny difference can be stretched into a large one. With more features"
            " than images the classifier is certain of every image under every network, and the energy alone would"
            " decide: it is undefined then. Use a reduction to 32 dimensions, or more images."
        ),
        reading="1 is best in the set in both respects, 0 worst in both. Never compare values from different sets.",
        options={"energy_of": "features", "reading": "default"},
        pool=True,
        terms="hubscore.scores.etran:etran_terms",
        values="hubscore.scores.etran:etran_values",
        invariant=frozenset({"rotated"}),
        released=(
            "the energy of the lowest int(5 n / 1000) samples (undefined below 200) and the nearest class mean in place"
            " of discriminant analysis"
        ),
    ),
    ScoreInfo(
        name="ncti",
        title="NCTI",
        function="hubscore.scores.ncti:ncti",
        needs=_NEEDS,
        targets=_CLASSES,
        direction="higher",
        low=-1.0,
        high=2.0,
        family="discriminant",
        paper=(
            "Wang, Luo, Zheng, Huang, Baktashmotlagh, How Far Pre-trained Models Are from Neural Collapse on the Target"
            " Dataset Informs their Transferability, ICCV 2023, as released (NCTI_Score)"
        ),
        checked_against="authors-code",
        cost="one SVD shared with others, then one of n x 64 and one per class",
        measures=(
            "Well-trained networks end with every class collapsed to one point, the points far apart. This adds up how"
            " near the features are to that: classes separated, images classified, little spread within a class."
        ),
        misleads=(
            "Each of its three parts is stretched to 0..1 over the networks compared, so every value depends on which"
            " others are there. Only the 64 strongest directions are looked at. Where a part is the same for every"
            " network it is undefined, since the others alone are not NCTI."
        ),
        reading="2 is best of the set in all respects, -1 worst in all. Never compare values from different sets.",
        pool=True,
        terms="hubscore.scores.ncti:ncti_terms",
        values="hubscore.scores.ncti:ncti_values",
        invariant=frozenset({"rotation", "shift"}),
        released="the same",
    ),
    ScoreInfo(
        name="gbc",
        title="GBC",
        function="hubscore.scores.gbc:gbc",
        needs=_NEEDS,
        targets=_CLASSES,
        direction="higher",
        low="-classes (classes - 1)",
        high=0.0,
        family="discriminant",
        paper=(
            "Pandy, Agostinelli, Uijlings, Ferrari, Mensink, Transferability Estimation using Bhattacharyya Class"
            " Separability, CVPR 2022"
        ),
        checked_against="paper",
        cost="one SVD shared with others, then O(c^2) pairs in 64 dimensions",
        measures=(
            "How much your classes overlap when each is drawn as a round cloud around its mean, in the 64 strongest"
            " directions."
        ),
        misleads=(
            "Clouds are rarely round, and a few close pairs of classes make up most of the value. Well-separated"
            " networks all come out near 0: log=True keeps them apart."
        ),
        reading=(
            "Minus the summed overlap of all pairs. 0: no two classes touch. The closer to 0 the better. With log=True"
            " it is -ln(overlap) instead: any number, and the larger the better."
        ),
        options={"covariance": "spherical", "dimensions": 64, "floor": 1e-4, "log": False, "reading": "default"},
        invariant=frozenset({"rotation", "shift"}),
        released=(
            "the logarithm of the spherical variances counted once instead of once a dimension, as in the published"
            " tables"
        ),
    ),
)

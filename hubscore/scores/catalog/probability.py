"""Scores of the probability family: how well source-class probabilities, or a mixture in their place, tell the
labels.
"""

from hubscore.scores.info import ScoreInfo

_CLASSES = frozenset({"classification"})
_HEAD = frozenset({"probs", "labels"})
_PACTRAN = (
    "Ding, Chen, Levinboim, Changpinyo, Soricut, PACTran: PAC-Bayesian Metrics for Estimating the Transferability of"
    " Pretrained Models, ECCV 2022"
)

ENTRIES: tuple[ScoreInfo, ...] = (
    ScoreInfo(
        name="leep",
        title="LEEP",
        function="hubscore.scores.leep:leep",
        needs=_HEAD,
        targets=_CLASSES,
        direction="higher",
        low="-inf",
        high=0.0,
        family="probability",
        paper=(
            "Nguyen, Hassner, Seeger, Archambeau, LEEP: A New Measure to Evaluate Transferability of Learned"
            " Representations, ICML 2020, Eq. 2"
        ),
        checked_against="paper",
        cost="O(n s)",
        measures=(
            "Take the source head's guess for each image ('70 % tabby, 20 % lynx'), translate it into your classes by"
            " how often they occur together, and see how much probability your label gets. It asks whether what the"
            " network already names goes with what you want named."
        ),
        misleads=(
            "It looks at the old head only: a network whose features are excellent but whose source classes cut across"
            " yours scores low. More source classes make the translation easier, so networks with heads of different"
            " size do not compare fairly."
        ),
        reading=(
            "A mean log-probability. 0 is perfect; minus the entropy of your labels (-2.3 for ten equal classes) says"
            " that the head knows nothing of use."
        ),
        released="the same",
    ),
    ScoreInfo(
        name="nce",
        title="NCE",
        function="hubscore.scores.nce:nce",
        needs=_HEAD,
        targets=_CLASSES,
        direction="higher",
        low="-ln classes",
        high=0.0,
        family="probability",
        paper=(
            "Tran, Nguyen, Hassner, Transferability and Hardness of Supervised Classification Tasks, ICCV 2019, Theorem"
            " 1 (with predicted source labels, as in LEEP)"
        ),
        checked_against="paper",
        cost="O(n s)",
        measures=(
            "How much doubt about your label is left once you know which source class the network finds most likely."
        ),
        misleads=(
            "With many source classes and few images nearly every image has a source class to itself, and the doubt"
            " vanishes by chance. Only the first guess counts, however unsure it is."
        ),
        reading="Minus an entropy. 0: the predicted source class settles yours. -ln(classes): it says nothing.",
        options={"eps": 0.0, "reading": "default"},
        released="PARC's code, which adds 1e-5 to every cell of the joint and the marginal table (eps=1e-5)",
    ),
    ScoreInfo(
        name="nleep",
        title="NLEEP",
        function="hubscore.scores.nleep:nleep",
        needs=frozenset({"features", "labels"}),
        targets=_CLASSES,
        direction="higher",
        low="-inf",
        high=0.0,
        family="probability",
        paper="Li, Jia, Sang, Zhu, Green, Wang, Gong, Ranking Neural Checkpoints, CVPR 2021",
        checked_against="third-party",
        cost="one SVD shared with others, then a Gaussian mixture: O(n k m^2) a round for k components in m dimensions",
        measures=(
            "LEEP for networks without a head: groups that a Gaussian mixture finds in the features stand in for source"
            " classes."
        ),
        misleads=(
            "The mixture starts at random; another seed moves the value by 1 to 10 %. With as many components as images"
            " every image is its own group and noise scores a perfect 0, which is why components are capped at a fifth"
            " of the images; a ranking says where that leaves fewer than the paper's five a class."
        ),
        reading="As LEEP: 0 is perfect, minus the entropy of your labels is nothing. Do not read small differences.",
        options={"components": None, "seed": 0, "reading": "default"},
        resample="none",
        invariant=frozenset({"rotation", "shift"}),
        order_free=False,
        caution="hubscore.scores.nleep:capped",
        released=(
            "5 x classes components and the mean of the probability instead of its logarithm (SFDA's code), so between"
            " 0 and 1; undefined when 5 x classes exceeds the samples"
        ),
    ),
    ScoreInfo(
        name="pactran_dirichlet",
        title="PACTran-Dirichlet",
        function="hubscore.scores.pactran:pactran_dirichlet",
        needs=_HEAD,
        targets=_CLASSES,
        direction="lower",
        low="-inf",
        high="inf",
        family="probability",
        paper=f"{_PACTRAN}, as released (calculate_pac_dir)",
        checked_against="authors-code",
        cost="ten rounds of O(n s + c s)",
        measures=(
            "A guarantee on the loss of a head that maps source classes to yours, before it is trained: how badly it"
            " fits plus how far it has to leave its prior. With of='mixture' a Gaussian mixture on the features takes"
            " the head's place (N-Dirichlet)."
        ),
        misleads=(
            "As LEEP, it sees the old head only. The price of leaving the prior grows with the number of source"
            " classes."
        ),
        reading="A bound on a loss per sample and class: lower is better.",
        options={"alpha": 1.0, "rounds": 10, "of": "probs", "seed": 0, "reading": "default"},
        resample="few",
        released="adds 1e-10 to every probability and to the prior",
    ),
    ScoreInfo(
        name="pactran_gamma",
        title="PACTran-Gamma",
        function="hubscore.scores.pactran:pactran_gamma",
        needs=_HEAD,
        targets=_CLASSES,
        direction="lower",
        low="-inf",
        high="inf",
        family="probability",
        paper=f"{_PACTRAN}, as released (calculate_pac_gamma)",
        checked_against="authors-code",
        cost="ten rounds of O(n s + c s)",
        measures=(
            "The same guarantee as PACTran-Dirichlet, for a head whose weights need not sum to 1; of='mixture' gives"
            " N-Gamma."
        ),
        misleads="Differences between networks are small against the constant part, and it sees the old head only.",
        reading="A bound on a loss per sample and class, usually close to 1: lower is better.",
        options={"alpha": 1.0, "rounds": 10, "of": "probs", "seed": 0, "reading": "default"},
        resample="few",
        released="adds 1e-10 to every probability and to the prior",
    ),
    ScoreInfo(
        name="pactran_gauss",
        title="PACTran-Gauss",
        function="hubscore.scores.pactran_gauss:pactran_gauss",
        needs=frozenset({"features", "labels"}),
        targets=_CLASSES,
        direction="lower",
        low="-inf",
        high="inf",
        family="probability",
        paper=f"{_PACTRAN}, as released (calculate_pac_gauss)",
        checked_against="authors-code",
        cost="one SVD shared with others, then a few hundred products of O(n c min(n, d))",
        measures=(
            "The loss of the best regularised linear head on the features, plus a price for how sharply that loss bends"
            " around it."
        ),
        misleads=(
            "The price depends on the scale of the features, and a network with larger numbers is charged more. The"
            " settings lambda_ and s2 decide how much; the authors chose them per benchmark."
        ),
        reading="A loss plus a price: lower is better. Compare networks with the same settings only.",
        options={"lambda_": 1.0, "s2": 100.0, "seed": 0, "reading": "default"},
        resample="none",
        invariant=frozenset({"rotation", "shift"}),
        released="100 steps of L-BFGS from a random start instead of the minimum itself",
    ),
)

"""The built-in comparisons as data; the arithmetic is imported only when one is computed."""

from hubscore.similarity.info import SimilarityInfo

_MAPS = "Maps are compared where both networks looked: pixels that one of them never saw are left out."
_TRANSFORMS = (
    "Networks with different means or deviations in their transform differ in gradient x input even where their"
    " gradients agree."
)
_STANDARDISED = "Columns are standardised, so noise in idle features counts as much as signal."
_AS_SCORE = "as a score: Bolya, Mittapalli, Hoffman, NeurIPS 2021, Table 1"

ENTRIES: tuple[SimilarityInfo, ...] = (
    SimilarityInfo(
        name="attribution",
        title="The attribution similarity",
        function="hubscore.similarity.attribution:attribution",
        inputs="maps",
        direction="higher",
        low=-1.0,
        high=1.0,
        source="Song et al., Deep Model Transferability from Attribution Maps, NeurIPS 2019, Eq. 1 (its reciprocal)",
        checked_against="paper",
        measures=f"Whether two networks look at the same pixels of the same images. {_MAPS}",
        misleads=f"{_TRANSFORMS} Coarse maps of small inputs resemble each other more than fine ones.",
        reading=(
            "1: the same pixels with the same signs; 0: nothing in common. 0.02 to 0.4 is usual; compare on the same"
            " images only."
        ),
        cost="O(n pixels)",
        released_call=(
            "the authors' code averages the channels of the maps first",
            'similarity("attribution", a.mean(axis=1, keepdims=True), b.mean(axis=1, keepdims=True))',
        ),
    ),
    SimilarityInfo(
        name="depara",
        title="DEPARA",
        function="hubscore.similarity.depara:depara",
        inputs="both",
        direction="higher",
        low=-float("inf"),
        high="1 + lambda_",
        source="Song et al., DEPARA: Deep Attribution Graph for Deep Knowledge Transferability, CVPR 2020, Eq. 5",
        checked_against="paper",
        measures=f"Where two networks look, plus lambda times how they order pairs of images. {_MAPS}",
        misleads=(
            "Nodes and edges have different spreads, so lambda decides who speaks; tune it where accuracies are known."
        ),
        reading="1 + lambda: the same network; 0: nothing in common. Compare with one lambda only.",
        cost="O(n pixels + n^2 d + n^2 ln n)",
        options={"lambda_": 1.0},
        invariant=frozenset({"rotation", "scale"}),
        explains="norm",
        released_call=(
            "the authors' code centres the features of the edges",
            'similarity("depara", ...) with features - features.mean(axis=0)',
        ),
    ),
    SimilarityInfo(
        name="depara_nodes",
        title="DEPARA-V",
        function="hubscore.similarity.depara_nodes:depara_nodes",
        inputs="maps",
        direction="higher",
        low=-1.0,
        high=1.0,
        source="Song et al., DEPARA, CVPR 2020, Eq. 3 and 5",
        checked_against="paper",
        measures=(
            "Whether two networks' gradient x input maps of the representation's norm point at the same pixels."
            f" {_MAPS}"
        ),
        misleads=(
            "Networks with different means or deviations in their transform differ even where their gradients agree."
        ),
        reading="1: the same pixels with the same signs; 0: nothing in common.",
        cost="O(n pixels)",
        explains="norm",
        ranks=False,
    ),
    SimilarityInfo(
        name="depara_edges",
        title="DEPARA-E",
        function="hubscore.similarity.depara_edges:depara_edges",
        prepare="hubscore.similarity.depara_edges:prepare",
        inputs="features",
        direction="higher",
        low=-1.0,
        high=1.0,
        source="Song et al., DEPARA, CVPR 2020, Eq. 4 and 5",
        checked_against="paper",
        measures="Whether two networks order all pairs of samples alike by the cosine of their features.",
        misleads=(
            "Features are not centred: a large common mean, as after a ReLU, leaves small differences to decide the"
            " order."
        ),
        reading="1: the same order of pairs; 0: unrelated.",
        cost="O(n^2 d + n^2 ln n)",
        invariant=frozenset({"rotation", "scale"}),
        ranks=False,
    ),
    SimilarityInfo(
        name="rsa",
        title="RSA",
        function="hubscore.similarity.rsa:rsa",
        prepare="hubscore.similarity.rsa:prepare",
        inputs="features",
        direction="higher",
        low=-1.0,
        high=1.0,
        source=f"Dwivedi and Roig, Representation Similarity Analysis, CVPR 2019; {_AS_SCORE}",
        checked_against="paper",
        measures="Whether two networks put the same pairs of samples far apart, by the order of all distances.",
        misleads=_STANDARDISED,
        reading="1: the same order of distances; 0: unrelated. The authors show it times 100.",
        cost="O(n^2 d + n^2 ln n)",
        invariant=frozenset({"shift", "scale", "columns"}),
        released="the same",
    ),
    SimilarityInfo(
        name="dds",
        title="DDS",
        function="hubscore.similarity.dds:dds",
        prepare="hubscore.similarity.dds:prepare",
        inputs="features",
        direction="higher",
        low=-1.0,
        high=1.0,
        source=f"Dwivedi et al., Duality Diagram Similarity, ECCV 2020, section 3; {_AS_SCORE}",
        checked_against="paper",
        measures="Whether two networks' tables of cosine distances depend on each other.",
        misleads=_STANDARDISED,
        reading="1: the same distances up to scale; around 0: unrelated, and it may be negative.",
        cost="O(n^2 d)",
        invariant=frozenset({"shift", "scale", "columns"}),
        released="the same",
    ),
    SimilarityInfo(
        name="cka",
        title="CKA",
        function="hubscore.similarity.cka:cka",
        prepare="hubscore.similarity.cka:prepare",
        inputs="features",
        direction="higher",
        low=-1.0,  # with debiased=True; plain from 0
        high=1.0,
        source="Kornblith et al., Similarity of Neural Network Representations Revisited, ICML 2019, Eq. 4",
        checked_against="paper",
        measures=(
            "Whether two networks find the same pairs of samples alike: the cosine of their centred tables of inner"
            " products."
        ),
        misleads=(
            "A few directions with large variance decide it. It rises with features over samples, so wide networks on"
            " few samples look alike; debiased=True takes that out and can be negative."
        ),
        reading="1: alike up to rotation and scale; 0: unrelated (debiased), somewhat above 0 (plain).",
        cost="O(n^2 d)",
        options={"debiased": False},
        invariant=frozenset({"rotation", "shift", "scale"}),
    ),
    SimilarityInfo(
        name="svcca",
        title="SVCCA",
        function="hubscore.similarity.svcca:svcca",
        prepare="hubscore.similarity.svcca:prepare",
        combine="hubscore.similarity.svcca:combine",
        inputs="features",
        direction="higher",
        low=0.0,
        high=1.0,
        source="Raghu et al., SVCCA, NeurIPS 2017, section 2.1",
        checked_against="paper",
        measures=(
            "How well the main directions of one network's features predict those of the other, each direction counted"
            " alike."
        ),
        misleads=(
            "With few samples all correlations come out too high; below k_a + k_b + 2 samples it is undefined, and"
            " below five times k_a + k_b too high. Directions with little variance count as much as the first one."
        ),
        reading="1: the same directions; 0: unrelated. Compare networks on the same number of samples only.",
        cost="one thin SVD per network",
        options={"variance": 0.99, "components": None},
        invariant=frozenset({"rotation", "shift", "scale"}),
        subsamples=False,
        released_call=(
            "the authors' tutorial keeps 20 directions",
            'similarity("svcca", reference, features, components=20)',
        ),
    ),
    SimilarityInfo(
        name="pwcca",
        title="PWCCA",
        function="hubscore.similarity.pwcca:pwcca",
        prepare="hubscore.similarity.pwcca:prepare",
        combine="hubscore.similarity.pwcca:combine",
        inputs="features",
        direction="higher",
        low=0.0,
        high=1.0,
        source="Morcos, Raghu, Bengio, NeurIPS 2018, section 2.2",
        checked_against="own-reading",
        measures=(
            "How well the second network predicts the first, directions weighted by what they hold of the first."
        ),
        misleads=(
            "Needs more samples than both networks have directions together. The order of the two networks matters, and"
            " so does the choice of the first one's axes."
        ),
        reading="1: the second network predicts the first; 0: unrelated.",
        cost="one thin SVD per network",
        options={"variance": 1.0, "components": None},
        symmetric=False,
        invariant=frozenset({"shift", "scale"}),
        invariant_second=frozenset({"affine", "rotation", "shift", "scale", "columns"}),
        subsamples=False,
    ),
    SimilarityInfo(
        name="task2vec",
        title="The Task2Vec distance",
        function="hubscore.similarity.task2vec:task2vec",
        prepare="hubscore.similarity.task2vec:prepare",
        combine="hubscore.similarity.task2vec:combine",
        inputs="fisher",
        direction="lower",
        low=0.0,
        high=1.0,
        source="Achille et al., Task2Vec: Task Embedding for Meta-Learning, ICCV 2019, section 4",
        checked_against="paper",
        measures="Whether two labelled data sets need the same filters of one probe network.",
        misleads="It depends on the probe network; filters with hardly any information count as much as others.",
        reading="0: the same task; the larger, the farther. Compare distances of one probe network only.",
        cost="O(filters)",
        ranks=False,
    ),
)

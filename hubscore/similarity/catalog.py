"""The built-in comparisons as data; the arithmetic is imported only when one is computed."""

from hubscore.similarity.info import SimilarityInfo

_MAPS = "Maps are compared where both networks looked: pixels that one of them never saw are left out."

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
        misleads=(
            "Networks with different means or deviations in their transform differ in gradient x input even where their"
            " gradients agree. Coarse maps of small inputs resemble each other more than fine ones."
        ),
        reading=(
            "1: the same pixels with the same signs; 0: nothing in common. 0.02 to 0.4 is usual; compare on the same"
            " images only."
        ),
    ),
    SimilarityInfo(
        name="svcca",
        title="SVCCA",
        function="hubscore.similarity.svcca:svcca",
        part="hubscore.similarity.svcca:part",
        meet="hubscore.similarity.svcca:meet",
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
            "With few images all correlations come out too high; below k_a + k_b + 2 images it is undefined, below five"
            " times that it warns. Directions with little variance count as much as the first one."
        ),
        reading="1: the same directions; 0: unrelated. Compare networks on the same number of images only.",
        options={"variance": 0.99, "components": None},
        invariant=frozenset({"rotation", "shift", "scale"}),
    ),
    SimilarityInfo(
        name="pwcca",
        title="PWCCA",
        function="hubscore.similarity.pwcca:pwcca",
        part="hubscore.similarity.pwcca:part",
        meet="hubscore.similarity.pwcca:meet",
        inputs="features",
        direction="higher",
        low=0.0,
        high=1.0,
        source="Morcos, Raghu, Bengio, NeurIPS 2018, section 2.2",
        checked_against="own-reading",
        measures=(
            "How well one network's features are predicted by the other's, directions weighted by what they hold of the"
            " first."
        ),
        misleads=(
            "Needs as many images as SVCCA. The order of the two networks matters, and so does the choice of the first"
            " one's axes."
        ),
        reading="1: the second network predicts the first; 0: unrelated.",
        options={"variance": 1.0, "components": None},
        symmetric=False,
        invariant=frozenset({"shift", "scale"}),
    ),
    SimilarityInfo(
        name="cka",
        title="CKA",
        function="hubscore.similarity.cka:cka",
        part="hubscore.similarity.cka:part",
        inputs="features",
        direction="higher",
        low=0.0,
        high=1.0,
        source="Kornblith et al., Similarity of Neural Network Representations Revisited, ICML 2019, Eq. 4",
        checked_against="paper",
        measures=(
            "Whether two networks find the same pairs of images alike: the cosine of their centred tables of inner"
            " products."
        ),
        misleads=(
            "A few directions with large variance decide it. It rises with features over images, so wide networks on"
            " few images look alike; debiased=True takes that out and can be negative."
        ),
        reading="1: alike up to rotation and scale; 0: unrelated (debiased), somewhat above 0 (plain).",
        options={"debiased": False},
        invariant=frozenset({"rotation", "shift", "scale"}),
    ),
    SimilarityInfo(
        name="rsa",
        title="RSA",
        function="hubscore.similarity.rsa:rsa",
        part="hubscore.similarity.rsa:part",
        inputs="features",
        direction="higher",
        low=-1.0,
        high=1.0,
        source="Dwivedi and Roig, Representation Similarity Analysis, CVPR 2019",
        checked_against="paper",
        measures="Whether two networks put the same pairs of images far apart, by the order of all distances.",
        misleads="Columns are standardised, so noise in idle features counts as much as signal.",
        reading=(
            "1: the same order of distances; 0: unrelated. As a score: with a network that was trained on your task."
        ),
        invariant=frozenset({"shift", "scale", "columns"}),
    ),
    SimilarityInfo(
        name="dds",
        title="DDS",
        function="hubscore.similarity.dds:dds",
        part="hubscore.similarity.dds:part",
        inputs="features",
        direction="higher",
        low=-1.0,
        high=1.0,
        source="Dwivedi et al., Duality Diagram Similarity, ECCV 2020, section 3",
        checked_against="paper",
        measures="Whether two networks' tables of cosine distances depend on each other.",
        misleads="Columns are standardised, so noise in idle features counts as much as signal.",
        reading="1: the same distances up to scale; around 0: unrelated, and it may be negative.",
        invariant=frozenset({"shift", "scale", "columns"}),
    ),
    SimilarityInfo(
        name="task2vec",
        title="The Task2Vec distance",
        function="hubscore.similarity.task2vec:task2vec",
        part="hubscore.similarity.task2vec:part",
        meet="hubscore.similarity.task2vec:meet",
        inputs="fisher",
        direction="lower",
        low=0.0,
        high=1.0,
        source="Achille et al., Task2Vec: Task Embedding for Meta-Learning, ICCV 2019, section 4",
        checked_against="paper",
        measures="Whether two labelled data sets need the same filters of one probe network.",
        misleads="It depends on the probe network; filters with hardly any information count as much as others.",
        reading="0: the same task; the larger, the farther. Compare distances of one probe network only.",
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
        options={"lambda_": 1.0},
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
    ),
    SimilarityInfo(
        name="depara_edges",
        title="DEPARA-E",
        function="hubscore.similarity.depara_edges:depara_edges",
        part="hubscore.similarity.depara_edges:part",
        inputs="features",
        direction="higher",
        low=-1.0,
        high=1.0,
        source="Song et al., DEPARA, CVPR 2020, Eq. 4 and 5",
        checked_against="paper",
        measures="Whether two networks order all pairs of images alike by the cosine of their features.",
        misleads=(
            "Features are not centred: a large common mean, as after a ReLU, leaves small differences to decide the"
            " order."
        ),
        reading="1: the same order of pairs; 0: unrelated.",
        invariant=frozenset({"rotation", "scale"}),
    ),
)

"""Baselines: what a guess without looking at the features would say. They stand beside every ranking and never enter
it.
"""

from hubscore.scores.info import ScoreInfo

_EVERY = frozenset({"classification", "multilabel", "regression", "annotation"})
_NEEDS = frozenset({"candidate"})

ENTRIES: tuple[ScoreInfo, ...] = (
    ScoreInfo(
        name="capacity",
        title="capacity (layers)",
        function="hubscore.scores.capacity:capacity",
        needs=_NEEDS,
        targets=_EVERY,
        direction="higher",
        low=0.0,
        high="inf",
        family="baseline",
        paper="Bolya, Mittapalli, Hoffman, NeurIPS 2021: l in Eq. 6",
        checked_against="paper",
        cost="free",
        measures=(
            "How deep the network is: convolution and linear layers on the longest path from the input to the features,"
            " and the head."
        ),
        misleads="Depth says how much a network can change, not what it knows.",
        reading="AlexNet 8, ResNet-50 50. A score that orders models as this does has added nothing.",
    ),
    ScoreInfo(
        name="size",
        title="size (parameters)",
        function="hubscore.scores.size:size",
        needs=_NEEDS,
        targets=_EVERY,
        direction="higher",
        low=0.0,
        high="inf",
        family="baseline",
        paper="none: the usual rule of thumb",
        checked_against="own-reading",
        cost="free",
        measures="How many parameters the network has.",
        misleads="Larger networks tend to be pre-trained on more data, so size often looks cleverer than it is.",
        reading="A count. A score that orders models as this does has added nothing.",
    ),
    ScoreInfo(
        name="popularity",
        title="popularity (downloads)",
        function="hubscore.scores.popularity:popularity",
        needs=_NEEDS,
        targets=_EVERY,
        direction="higher",
        low=0.0,
        high="inf",
        family="baseline",
        paper="none: what people download",
        checked_against="own-reading",
        cost="free",
        measures=(
            'How often the checkpoint was downloaded in the last 30 days, or with by="likes" how many people like it.'
        ),
        misleads="Counts follow age, examples in documentation and automatic test runs more than quality.",
        reading="A count, as the Hub reports it.",
        options={"by": "downloads"},
    ),
    ScoreInfo(
        name="heuristic",
        title="heuristic",
        function="hubscore.scores.heuristic:heuristic",
        needs=_NEEDS,
        targets=_EVERY,
        direction="higher",
        low="-inf",
        high="inf",
        family="baseline",
        paper="Bolya, Mittapalli, Hoffman, NeurIPS 2021, Eq. 4",
        checked_against="paper",
        cost="free",
        measures="Depth plus the logarithm of all training images, the source set's and yours.",
        misleads="The logarithm moves by a few units while depth moves by tens, so this is nearly depth alone.",
        reading=(
            "Layers plus ln(images). Undefined when the model's card does not tell how many images it was trained on."
        ),
        options={"target_size": None},
    ),
    ScoreInfo(
        name="random",
        title="random order",
        function="hubscore.scores.random_order:random_order",
        needs=_NEEDS,
        targets=_EVERY,
        direction="higher",
        low=0.0,
        high=1.0,
        family="baseline",
        paper="none: chance",
        checked_against="own-reading",
        cost="free",
        measures="Nothing: a number drawn from the checkpoint's name and the seed.",
        misleads="It cannot.",
        reading="Uniform between 0 and 1. A score that orders models no better than this does nothing.",
        options={"seed": 0},
    ),
)

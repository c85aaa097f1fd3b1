"""Scores that need more than features and labels."""

from hubscore.scores.info import ScoreInfo

ENTRIES: tuple[ScoreInfo, ...] = (
    ScoreInfo(
        name="emms",
        title="EMMS",
        function="hubscore.scores.emms:emms",
        needs=frozenset({"features", "labels", "label_texts"}),
        targets=frozenset({"classification"}),
        direction="higher",
        low="-inf",
        high=0.0,
        family="other",
        paper="Meng, Shao, Peng, Jiang, Zhang, Qiao, Luo, NeurIPS 2023, Algorithm 1",
        checked_against="authors-code",
        cost="one SVD of n x d shared with others, then O(n c e k) for k text models of e dimensions",
        measures=(
            "How well a linear map of the features reproduces the class names as language models write them: the texts"
            " of a class under several text models are its label."
        ),
        misleads=(
            "It needs class names that mean something, and depends on the text models that embed them. One round of the"
            " weights is run, as released. With as many dimensions as samples every model fits perfectly, and it is"
            " undefined."
        ),
        reading="Minus the mean squared residual, at most 0; 0 is a perfect fit, about -1 none.",
        options={"reading": "default"},
        invariant=frozenset({"rotation", "shift", "scale", "columns", "affine"}),
        released="the same multiplied by the square of the number of embedding dimensions (a misplaced division)",
    ),
)

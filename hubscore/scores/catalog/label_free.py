"""Scores that need no labels."""

from hubscore.scores.info import ScoreInfo

ENTRIES: tuple[ScoreInfo, ...] = (
    ScoreInfo(
        name="energy",
        title="energy",
        function="hubscore.scores.energy:energy",
        needs=frozenset({"features or logits"}),
        targets=frozenset({"classification", "multilabel", "regression", "annotation"}),
        direction="higher",
        low="-inf",
        high="inf",
        family="label-free",
        paper=(
            "Gholami, Akbari, Wang, Kamranian, Zhang, ETran: Energy-Based Transferability Estimation, ICCV 2023: the"
            " energy term, over all samples"
        ),
        checked_against="own-reading",
        cost="O(n d)",
        measures=(
            "How strongly the network responds to your images. Networks tend to respond strongly to what resembles"
            " their training data."
        ),
        misleads=(
            "It compares raw magnitudes: wider layers and larger weights raise it without being any better for you. It"
            " never sees your labels, so it does not enter the consensus."
        ),
        reading="Any number. Compare networks of one architecture, and all on features or all on logits, never mixed.",
        options={"energy_of": None},
        invariant=frozenset({"rotated"}),
    ),
)

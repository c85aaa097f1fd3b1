import pytest

from hubscore.modalities.text.columns import NAMES, SURE, likeliest, pair_among


@pytest.mark.parametrize(
    ("names", "pair"),
    [
        (["premise", "hypothesis", "label"], ("premise", "hypothesis")),
        (["idx", "sentence1", "sentence2"], ("sentence1", "sentence2")),
        (["question1", "question2"], ("question1", "question2")),
        (["question", "sentence"], ("question", "sentence")),
        (["Query", "Passage"], ("Query", "Passage")),
        (["text_a", "text_b"], ("text_a", "text_b")),
        (["sentence_A", "sentence_B"], ("sentence_A", "sentence_B")),
        (["sentence1"], None),
        (["data", "datb"], None),
        (["x1", "y1"], None),
    ],
)
def test_well_known_pairs(names, pair):
    assert pair_among(names) == pair


def test_one_of_several_columns():
    assert likeliest({"title": False, "Text": False}) == ("Text",)
    assert likeliest({"text": False, "question1": False, "question2": False}) == ("text",)
    assert likeliest({"body": False, "tags": True}) == ("body",) and likeliest({"tokens": True}) == ("tokens",)
    assert likeliest({"one": False, "other": False}) == ()


def test_sure_names_are_the_first():
    assert SURE[0] == "text" and "caption" in NAMES and "caption" not in SURE

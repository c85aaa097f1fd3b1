import pytest

from hubscore.modalities.text.cost import TOKENS, text_seconds, working_parameters
from hubscore.modalities.text.modality import TEXT


def test_time_grows_with_tokens_and_parameters():
    once = text_seconds(10_000_000, None, 1e-9)
    assert text_seconds(20_000_000, None, 1e-9) > 2 * once  # a larger network has less of it in its table
    assert text_seconds(10_000_000, 2 * TOKENS, 1e-9) == 2 * once and text_seconds(None, 8, 1e-9) == 0
    assert TEXT.seconds(278_000_000, "xlm-roberta", 8, 1e-9) == text_seconds(278_000_000, 8, 1e-9, "xlm-roberta")


@pytest.mark.parametrize(
    ("family", "parameters", "layers"),
    [
        ("bert", 109_482_240, 85.6e6),
        ("bert", 335_141_888, 302e6),
        ("bert", 22_713_216, 10.6e6),
        ("distilbert", 66_362_880, 42.5e6),
        ("xlm-roberta", 278_043_648, 85.6e6),
        ("deberta-v2", 183_831_552, 85.6e6),
        ("gpt2", 124_439_808, 85e6),
        ("albert", 11_683_584, 12 * 7.1e6),
        ("t5", 222_903_552, 85e6),
        ("qwen2", 494_032_768, 358e6),
    ],
)
def test_tables_of_tokens_are_no_work(family, parameters, layers):
    """Against the layers of published networks: BERT, MiniLM, XLM-R, DeBERTa v3, GPT-2, ALBERT, T5, Qwen 2.5."""
    assert working_parameters(parameters, family) == pytest.approx(layers, rel=0.2)


def test_an_unknown_family_is_between_nothing_and_all():
    for count in (0, 1, 1000, 10**12):
        assert 0 <= working_parameters(count) <= count

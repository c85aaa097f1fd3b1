from hubscore.modalities.text.cost import TOKENS, text_seconds


def test_time_grows_with_tokens_and_parameters():
    once = text_seconds(10_000_000, None, 1e-9)
    assert text_seconds(20_000_000, None, 1e-9) == 2 * once
    assert text_seconds(10_000_000, 2 * TOKENS, 1e-9) == 2 * once and text_seconds(None, 8, 1e-9) == 0

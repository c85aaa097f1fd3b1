"""Numbers of configurations beside what weights hold."""

import pytest
from models.checkpoints import candidate

from hubscore.errors import CandidateError
from hubscore.models.config_numbers import check_numbers
from hubscore.models.weights_header import WeightsHeader

HEADER = WeightsHeader(tensors=40, numbers=24_000, largest=64, file_bytes=96_000)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"num_labels": 10**8}, r"num_labels = 100,000,000, and its weights hold no axis longer than 64"),
        ({"num_hidden_layers": 10**5}, r"num_hidden_layers = 100,000, and its weights hold 40 tensors"),
        ({"model_args": {"depths": [2, 10**6]}}, r"model_args.depths = 1,000,000, and"),
        ({"vision_config": {"hidden_size": 10**9}}, r"vision_config.hidden_size = 1,000,000,000, and"),
        ({"hidden_size": float("inf")}, r"hidden_size = inf, and its weights hold 24000 numbers"),
    ],
)
def test_what_the_weights_cannot_fill_is_refused(tmp_path, config, words):
    with pytest.raises(CandidateError, match=f"its config.json says {words}"):
        check_numbers(candidate(tmp_path, "timm"), config, HEADER)


@pytest.mark.parametrize(
    "config",
    [
        {"num_labels": 21_843, "num_hidden_layers": 48, "hidden_size": 4096, "image_size": [1024, 1024]},
        {"eos_token_id": 10**9, "rope_theta": 10**8, "seed": 10**12, "total_steps": 10**9, "note": "10**9"},
        {"max_grad_norm": 10**12, "use_cache": True, "hidden_size": None},
    ],
)
def test_usual_numbers_pass_whatever_the_file(tmp_path, config):
    check_numbers(candidate(tmp_path, "timm"), config, HEADER)


def test_a_large_file_may_have_large_numbers(tmp_path):
    header = WeightsHeader(tensors=5_000, numbers=10**9, largest=10**6, file_bytes=4 * 10**9)
    check_numbers(candidate(tmp_path, "timm"), {"num_layers": 4_000, "num_labels": 10**6, "hidden_size": 10**8}, header)

import pytest

from hubscore.candidates.compatibility import refusal
from hubscore.candidates.repo_info import RepoInfo

VIT = {"model_type": "vit", "architectures": ["ViTForImageClassification"]}
TIMM = {"architecture": "resnet18", "pretrained_cfg": {}}
WHOLE = {"config.json": 1, "model.safetensors": 9}


def facts(**known):
    return RepoInfo(name="org/name", revision="0" * 40, **{"files": WHOLE, "config": VIT, **known})


@pytest.mark.parametrize(
    ("known", "kind", "words"),
    [
        ({"disabled": True}, "disabled", "disabled by the Hub"),
        ({"tags": frozenset({"custom_code"})}, "custom code", "which hubscore does not run"),
        ({"config": {**VIT, "auto_map": {"AutoModel": "x.Y"}}}, "custom code", "needs code from its own repo"),
        ({"files": {**WHOLE, "adapter_config.json": 1}}, "adapter", "not a whole network"),
        ({"library_name": "peft"}, "adapter", "not a whole network"),
        (
            {"tags": frozenset({"base_model:org/base", "base_model:adapter:org/base"})},
            "adapter",
            "rank org/base instead",
        ),
        ({"config": {**VIT, "quantization_config": {"bits": 4}}}, "quantised copy", "a quantised copy"),
        (
            {"card": {"base_model": "org/base", "base_model_relation": "quantized"}},
            "quantised copy",
            "rank org/base instead",
        ),
        ({"tags": frozenset({"awq"})}, "quantised copy", "a quantised copy"),
        ({"files": {"config.json": 1, "q4.gguf": 9}}, "GGUF only", "holds GGUF weights"),
        ({"library_name": "keras"}, "other library", "it is for keras"),
        ({"files": {"model.safetensors": 1}}, "no config.json", "no config.json"),
        ({"files": {"config.json": 1}}, "no weights", "a config without weights"),
        ({"files": {"config.json": 1, "tf_model.h5": 1}}, "no weights", "there is only tf_model.h5"),
    ],
)
def test_what_cannot_be_ranked_is_refused_with_the_reason(known, kind, words):
    refused = refusal(facts(**known))
    assert refused.kind == kind
    assert words in refused.reason


def test_a_whole_network_passes_and_so_does_a_pickle():
    assert refusal(facts()) is None
    assert refusal(facts(files={"config.json": 1, "pytorch_model.bin": 9})) is None

"""Which checkpoints are networks over texts, and which library loads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hubscore.candidates.repo_info import RepoInfo

TASKS = (
    "text-classification",
    "fill-mask",
    "feature-extraction",
    "sentence-similarity",
    "token-classification",
    "zero-shot-classification",
    "question-answering",
    "text-ranking",
    "text-generation",
    "text2text-generation",
    "summarization",
    "translation",
)
TOKENIZER_FILES = (
    *("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.txt"),
    *("vocab.json", "merges.txt", "spiece.model", "spm.model", "sentencepiece.bpe.model", "sentencepiece.model"),
    *("tokenizer.model", "bpe.codes", "source.spm"),
)
SENTENCE_FILES = (
    *("modules.json", "config_sentence_transformers.json"),
    *(f"sentence_{kind}_config.json" for kind in ("bert", "roberta", "distilbert", "camembert", "albert", "xlnet")),
    *("sentence_xlm-roberta_config.json", "1_Pooling/config.json"),
    *(f"{at}_Dense/{name}" for at in (2, 3) for name in ("config.json", "model.safetensors", "pytorch_model.bin")),
)
"""What sentence-transformers keeps beside a network, in folders of their own too."""
CONFIG_FILES = ("config.json", *TOKENIZER_FILES, *SENTENCE_FILES)
"""What a network and its tokenizer are made from, beside the weights."""

_UNCLEAR_TASKS = frozenset({"feature-extraction"})
"""Pipeline tags that networks over images have too."""
_HEADS = (
    "ForMaskedLM",
    "ForPreTraining",
    "ForSequenceClassification",
    "ForTokenClassification",
    "ForQuestionAnswering",
    "ForMultipleChoice",
    "ForCausalLM",
    "LMHeadModel",
)
"""Ends of the names of architectures with a head for texts."""
_TYPES = frozenset(
    """
    albert bart bert big_bird camembert canine convbert deberta deberta-v2 distilbert electra ernie esm eurobert
    fnet funnel gemma gemma2 gemma3_text gpt2 gpt_neo gpt_neox gptj lilt llama longformer luke mbart mega
    megatron-bert mistral mobilebert modernbert mpnet mra mt5 nystromformer olmo opt perceiver phi phi3 qwen2 qwen3
    reformer rembert roberta roberta-prelayernorm roc_bert roformer smollm3 splinter squeezebert t5 umt5 xlm
    xlm-roberta xlm-roberta-xl xlnet xmod yoso
    """.split()
)


def library_of(info: RepoInfo) -> str | None:
    """Return ``transformers`` for what it loads as a network over texts, or none."""
    library = info.library_name
    if library not in (None, "transformers", "sentence-transformers"):
        return None
    return "transformers" if is_text_network(info) else None


def is_text_network(info: RepoInfo) -> bool:
    """Whether the repo holds a network over texts, by its library, task and architecture; nothing is imported."""
    if info.library_name == "sentence-transformers" or info.config.get("model_type") in _TYPES:
        return True
    if info.task in set(TASKS) - _UNCLEAR_TASKS:
        return True
    return any(str(name).endswith(_HEADS) for name in info.config.get("architectures") or ())

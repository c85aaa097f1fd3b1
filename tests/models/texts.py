"""Tiny tokenizers and networks over text, written the way the libraries write them."""

from __future__ import annotations

from pathlib import Path
from string import ascii_lowercase
from typing import Any

import torch
import transformers as tf
from models.checkpoints import liven
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from hubscore.types import Candidate

LIMIT = 64
WORDS = (
    "the quick brown fox jumps over the lazy dog which of these models should i fine tune "
    "a good film and a bad film question about some place and some person"
).split()
TEXTS = [
    *("the quick fox", "a good film and a bad film about some person " * 3, "dog", "emoji \U0001f600 and שלום", " "),
    "question about the lazy dog " * 40,
]
SHAPE: dict[str, Any] = {
    **{"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 48},
    **{"max_position_embeddings": LIMIT + 16, "pad_token_id": 0},
}
GPT2: dict[str, Any] = {"n_embd": 32, "n_layer": 2, "n_head": 2, "n_positions": LIMIT + 16, "eos_token_id": 0}
T5: dict[str, Any] = {"d_model": 32, "d_kv": 16, "d_ff": 48, "num_layers": 2, "num_heads": 2}
DISTIL: dict[str, Any] = {"dim": 32, "n_layers": 2, "n_heads": 2, "hidden_dim": 48}
BPE = {"vocab_size": 300, "pad_token_id": None, "eos_token_id": 0}
INPUTS = ["input_ids", "token_type_ids", "attention_mask"]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def text_candidate(folder: Path, **known: Any) -> Candidate:
    """A candidate for a local folder."""
    return Candidate("org/net", "0" * 40, "transformers", path=str(folder), modality="text", **known)


def word_pieces(limit: int = LIMIT) -> Any:
    """A tokenizer of BERT's kind."""
    pieces = [*SPECIAL, *sorted(set(WORDS) | set(ascii_lowercase)), *(f"##{letter}" for letter in ascii_lowercase)]
    made = Tokenizer(models.WordPiece({piece: at for at, piece in enumerate(pieces)}, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    names = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), SPECIAL, strict=True))
    return tf.PreTrainedTokenizerFast(tokenizer_object=made, model_max_length=limit, model_input_names=INPUTS, **names)


def byte_pairs(limit: int = LIMIT) -> Any:
    """A tokenizer of GPT-2's kind, which has no token for padding."""
    letters = ["<|end|>", *sorted(pre_tokenizers.ByteLevel.alphabet())]
    made = Tokenizer(models.BPE({letter: at for at, letter in enumerate(letters)}, []))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return tf.PreTrainedTokenizerFast(
        tokenizer_object=made, eos_token="<|end|>", bos_token="<|end|>", model_max_length=limit
    )


def save_text_network(folder: Path, network_class: Any, tokenizer: Any = None, **config: Any) -> Path:
    """Save a network of random weights with a tokenizer; BERT's kind where none is given."""
    torch.manual_seed(0)
    tokenizer = tokenizer or word_pieces()
    described = network_class.config_class(**{"vocab_size": len(tokenizer), **config})
    liven(network_class(described)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder

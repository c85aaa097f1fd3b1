"""Texts as tokens: limits, what is cut, pairs, and vocabularies."""

import pytest
import transformers as tf
from models.texts import LIMIT, SHAPE, byte_pairs, text_candidate, word_pieces

from hubscore.modalities.text.items import WordInText
from hubscore.models.tokenizer import load_tokenizer

CONFIG = {"model_type": "bert", **SHAPE}


@pytest.fixture
def made(tmp_path):
    def load(tokenizer=None, config=CONFIG, **more):
        (tokenizer or word_pieces()).save_pretrained(tmp_path)
        return load_tokenizer(text_candidate(tmp_path), tmp_path, config, more)

    return load


def test_tokens_are_those_of_the_library_and_are_cut_at_the_limit(made):
    tokens, spec = made()
    library = word_pieces()
    short, long = tokens(["a good film", "a good film " * 400])
    assert short["input_ids"].tolist() == library("a good film")["input_ids"] and not short["cut"]
    assert long["input_ids"].tolist() == library("a good film " * 400, truncation=True)["input_ids"] and long["cut"]
    assert len(long["input_ids"]) == LIMIT == spec["limit"]
    (exact,) = tokens([" ".join(["film"] * (LIMIT - 2))])
    assert len(exact["input_ids"]) == LIMIT and not exact["cut"]


def test_pairs_say_which_text_a_token_is_of(made):
    (pair,) = made()[0]([("a good film", "the fox")])
    assert pair["token_type_ids"].tolist() == [0] * 5 + [1] * 3
    (long,) = made()[0]([("film " * 100, "the fox")])
    assert long["cut"] and long["token_type_ids"].sum() == 3


def test_a_network_with_one_type_of_token_is_told_none(made):
    tokens, spec = made(config={**CONFIG, "type_vocab_size": 1})
    assert "token_type_ids" not in tokens(["a film"])[0] and not spec["types"]


@pytest.mark.parametrize(
    ("config", "limit"),
    [
        ({"model_type": "bert", "max_position_embeddings": 40}, 40),
        ({"model_type": "roberta", "max_position_embeddings": 40, "pad_token_id": 1}, 38),
        ({"model_type": "gpt2", "n_positions": 50}, 50),
        ({"model_type": "t5"}, 512),
        ({"model_type": "bert", "max_position_embeddings": 10**9}, 512),
    ],
)
def test_the_limit_is_the_networks_own(config, limit, made):
    assert made(word_pieces(limit=10**30), config)[1]["limit"] == limit


def test_texts_that_are_nothing_to_a_tokenizer_still_have_a_token(made):
    tokens, spec = made(byte_pairs(), {"model_type": "gpt2", "n_positions": 50})
    assert tokens([""])[0]["input_ids"].tolist() == [spec["pad"]] == [0]


def test_prefix_and_lower_case_are_as_asked(made):
    tokens, _ = made(prefix="the ", lower=True)
    (one,) = tokens(["FOX"])
    assert one["input_ids"].tolist() == word_pieces()("the fox")["input_ids"]


def test_a_megabyte_is_cut_before_it_is_tokenised(made):
    (one,) = made()[0](["x" * 1_000_000])
    assert one["cut"] and len(one["input_ids"]) <= LIMIT


def test_the_word_is_marked_and_keeps_its_place_in_a_long_sentence(made):
    tokens, _ = made()
    near, far = tokens([WordInText(("the", "fox"), 1), WordInText(("dog",) * 500 + ("fox",), 500)])
    library = tf.BatchEncoding.word_ids(word_pieces()("the fox"))
    assert near["word"].tolist() == [int(word == 1) for word in library] and not near["cut"]
    fox = word_pieces().convert_tokens_to_ids("fox")
    assert far["input_ids"][far["word"].bool()].tolist() == [fox] and far["cut"]

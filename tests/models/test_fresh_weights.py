"""What a network makes of weights that its checkpoint lacks."""

import pytest
import torch
import transformers as tf
from models.texts import SHAPE, text_candidate
from transformers.utils import logging

from hubscore.errors import CandidateError
from hubscore.models.fresh_weights import check_unexpected, depends_on, misfit, quiet


@pytest.fixture
def model():
    torch.manual_seed(0)
    return tf.BertModel(tf.BertConfig(vocab_size=20, **SHAPE)).eval()


def test_only_what_the_answer_needs_counts(model):
    ids = torch.tensor([[2, 3]])

    def run():
        return model(input_ids=ids).last_hidden_state, None

    assert not depends_on(model, run, ["pooler.dense.weight", "no.such.weight"])
    assert depends_on(model, run, ["encoder.layer.0.output.dense.weight"])


def test_weights_of_a_layer_too_many_are_refused(model, tmp_path):
    candidate = text_candidate(tmp_path)
    check_unexpected(candidate, model, ["pooler.extra.weight", "cls.predictions.bias"])
    with pytest.raises(CandidateError, match="1 unexpected"):
        check_unexpected(candidate, model, ["encoder.layer.7.output.dense.weight"])


def test_the_refusal_counts_each_kind(model, tmp_path):
    said = str(misfit(text_candidate(tmp_path), model, {"a": "missing", "b": "missing", "c": "of another shape"}))
    assert "2 missing (a, b), 1 of another shape (c)" in said


def test_the_librarys_reports_come_back_afterwards():
    before = logging.get_verbosity()
    with quiet():
        assert logging.get_verbosity() == logging.ERROR and not logging.is_progress_bar_enabled()
    assert logging.get_verbosity() == before

"""Where the library's own classification network puts its head, trained or not."""

import torch
import transformers as tf
from models.texts import GPT2, SHAPE

from hubscore.models.text_head import head_of, own_classifier, without_head

EXAMPLE = {"input_ids": torch.tensor([[2, 7, 9, 3]]), "attention_mask": torch.ones(1, 4, dtype=torch.long)}
FRESH = ("classifier.weight", "classifier.bias")


def bert():
    torch.manual_seed(0)
    return tf.BertForSequenceClassification(tf.BertConfig(vocab_size=20, num_labels=3, **SHAPE)).eval()


def test_the_class_is_the_librarys_own():
    assert own_classifier({"model_type": "roberta"}) is tf.RobertaForSequenceClassification
    assert own_classifier({"model_type": "vit"}) is None and own_classifier({}) is None


def test_a_trained_head_begins_at_the_layer_that_gives_the_logits():
    model = bert()
    assert head_of(model, EXAMPLE, 0, ()).layer is model.classifier
    assert head_of(model, EXAMPLE, 0, FRESH).layer is model.classifier


def test_a_pooler_without_weights_belongs_to_the_head_and_a_layer_of_the_body_never_does():
    model = bert()
    assert head_of(model, EXAMPLE, 0, [*FRESH, "bert.pooler.dense.weight"]).layer is model.bert.pooler.dense
    lacking = [*FRESH, "bert.encoder.layer.0.output.dense.weight"]
    assert head_of(model, EXAMPLE, 0, lacking).layer is model.classifier


def test_without_its_head_the_encoder_is_left():
    model = bert()
    left, layer = without_head(model, head_of(model, EXAMPLE, 0, FRESH), FRESH)
    assert left is model.bert and isinstance(layer, torch.nn.Identity) and layer is model.classifier


def test_decoders_are_read_at_their_last_token():
    model = tf.GPT2ForSequenceClassification(tf.GPT2Config(vocab_size=20, num_labels=3, pad_token_id=0, **GPT2)).eval()
    head = head_of(model, EXAMPLE, 0, ["score.weight"])
    assert head.layer is model.score and head.outputs == 3 and head.words.endswith("last token")

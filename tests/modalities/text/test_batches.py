import torch

from hubscore.modalities.text.batches import TOKENS, activation_bytes, collate, example, fast_batch


def tokens(length):
    return {"input_ids": torch.arange(1, length + 1), "token_type_ids": torch.ones(length, dtype=torch.long)}


def test_every_text_is_in_one_batch_of_bounded_tokens():
    lengths = [3, 4000, 7, 7, 5000, 1]
    seen = {}
    for batch, places in collate([tokens(length) for length in lengths]):
        assert batch["input_ids"].numel() <= TOKENS or len(places) == 1
        for row, place in enumerate(places):
            assert batch["attention_mask"][row].sum() == lengths[place]
            assert batch["input_ids"][row, lengths[place] :].sum() == 0
            seen[place] = int(batch["input_ids"][row].max())
    assert seen == dict(enumerate(lengths))


def test_an_example_and_what_it_costs():
    assert example({"example": {"input_ids": [5, 6]}})["attention_mask"].tolist() == [[1, 1]]
    assert activation_bytes({"limit": 512}, backward=True) > activation_bytes({"limit": 512}) > 0
    assert fast_batch({}, accelerator=True) > fast_batch({}, accelerator=False)

"""Named tensors with one row per item."""

import torch

from hubscore.models.batch import batch_length, move_batch, take_rows

BATCH = {"input_ids": torch.arange(12).reshape(4, 3), "attention_mask": torch.ones(4, 3)}


def test_the_length_is_the_number_of_items():
    assert batch_length(BATCH) == 4


def test_rows_are_taken_of_every_tensor():
    for rows in (slice(1, 3), torch.tensor([1, 2]), [1, 2]):
        part = take_rows(BATCH, rows)
        assert part["input_ids"].tolist() == [[3, 4, 5], [6, 7, 8]] and part["attention_mask"].shape == (2, 3)


def test_every_tensor_moves():
    moved = move_batch(BATCH, "meta")
    assert {values.device.type for values in moved.values()} == {"meta"} and moved["input_ids"].shape == (4, 3)

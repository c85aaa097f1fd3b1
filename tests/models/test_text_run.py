"""Forward passes over texts of several lengths."""

import torch

from hubscore.models.text_run import ByLength, arguments, unpadded

EXAMPLE = {"input_ids": torch.tensor([[2, 7, 9, 3]]), "attention_mask": torch.ones(1, 4, dtype=torch.long)}
BATCH = {
    "input_ids": torch.tensor([[1, 2, 3], [4, 0, 0], [5, 6, 0], [7, 0, 0]]),
    "attention_mask": torch.tensor([[1, 1, 1], [1, 0, 0], [1, 1, 0], [1, 0, 0]]),
    "cut": torch.tensor([False, True, False, False]),
}


def careless(batch):
    """Takes padding for tokens."""
    return batch["input_ids"].float().mean(dim=1, keepdim=True), None


def careful(batch):
    mask = batch["attention_mask"]
    return ((batch["input_ids"] * mask).sum(dim=1) / mask.sum(dim=1)).unsqueeze(1), None


def test_only_what_padding_changes_runs_by_length():
    assert unpadded(careful, EXAMPLE) is careful
    assert isinstance(unpadded(careless, EXAMPLE), ByLength)


def test_what_cannot_run_texts_of_several_lengths_runs_them_by_length():
    def brittle(batch):
        assert batch["attention_mask"].all()
        return careful(batch)

    assert isinstance(unpadded(brittle, EXAMPLE), ByLength)


def test_rows_by_length_come_back_in_order():
    features, logits = ByLength(careless)(BATCH)
    assert features.flatten().tolist() == [2.0, 4.0, 5.5, 7.0] and logits is None
    features, logits = ByLength(lambda batch: (careless(batch)[0], batch["input_ids"][:, :1]))(BATCH)
    assert logits.flatten().tolist() == [1, 4, 5, 7]


def test_a_network_is_given_what_it_takes_and_its_own_padding():
    class Takes(torch.nn.Module):
        def forward(self, input_ids, attention_mask, use_cache=True):
            """Nothing runs."""

    given = arguments(Takes(), {**BATCH, "token_type_ids": BATCH["input_ids"]}, pad=9)
    assert set(given) == {"input_ids", "attention_mask", "use_cache"} and given["use_cache"] is False
    assert given["input_ids"][1].tolist() == [4, 9, 9]

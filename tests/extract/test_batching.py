"""What is common to all runs over a probe; the rest is tested through features and maps."""

import numpy as np
import pytest
import torch
from attribution.nets import cnn, images, network

from hubscore.errors import CandidateError
from hubscore.extract.batching import run_batches


def test_rows_lie_where_their_images_are_and_missing_values_stay_missing():
    net, seen = network(cnn()), []

    def compute(batch, rows):
        seen.append(list(rows))
        return batch["pixel_values"].mean(dim=(1, 2, 3)).numpy(), None

    found = run_batches(net, images(5), compute, device="cpu", batch_size=2)
    assert seen == [[0, 1], [2, 3], [4]] and found.values[1] is None
    assert np.allclose(found.values[0], net.transform_all(images(5)).mean(dim=(1, 2, 3)))
    assert found.transform_seconds > 0 and found.compute_seconds > 0


def test_messages_say_what_failed():
    def compute(batch, rows):
        return (torch.zeros(len(rows) + 1).numpy(),)

    with pytest.raises(CandidateError, match="Cannot run 'org/net': its second look fails"):
        run_batches(
            network(cnn()), images(2), lambda batch, rows: 1 / 0, device="cpu", batch_size=2, action="its second look"
        )
    with pytest.raises(CandidateError, match="its forward pass fails"):  # as many rows as images
        run_batches(network(cnn()), images(2), compute, device="cpu", batch_size=2)

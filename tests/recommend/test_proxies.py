from dataclasses import replace

import numpy as np
import pytest

from hubscore.recommend.history import History, TaskVector
from hubscore.recommend.proxies import DEFAULT_PROXY, PROXIES, proxy_id, proxy_of


def looked_at(*eyes):
    tasks = [f"t{i}" for i in range(len(eyes))]
    made = History.of(["a"], tasks, np.zeros((1, len(eyes))))
    return replace(
        made, task_vectors={task: TaskVector(*eye, np.zeros(2)) for task, eye in zip(tasks, eyes, strict=True)}
    )


def test_clip_is_the_default_and_any_other_network_keeps_its_name():
    assert DEFAULT_PROXY == proxy_id("CLIP") == PROXIES["clip"] == "openai/clip-vit-base-patch32"
    assert proxy_id("dinov2").startswith("facebook/dinov2") and proxy_id("./clip") == "./clip"


def test_the_proxy_of_most_data_sets_is_pinned_to_its_revision():
    many, few = ("lab/p", "1" * 40), ("lab/q", "2" * 40)
    assert proxy_of(looked_at(*[few] * 3, *[many] * 4)) == f"lab/p@{'1' * 40}"
    assert proxy_of(looked_at(*[few] * 3, *[many] * 4), "lab/q") == f"lab/q@{'2' * 40}"


@pytest.mark.parametrize(
    "eyes",
    [
        [],
        [("lab/p", "1" * 40)] * 2,
        [("lab/p", "1" * 40)] * 2 + [("lab/p", "2" * 40)],
        [("net@local-12345678", "local-123456789")] * 5,
        [("lab/p", None)] * 5,
    ],
)
def test_too_few_and_folders_of_a_machine_are_no_proxy(eyes):
    assert proxy_of(looked_at(*eyes)) is None

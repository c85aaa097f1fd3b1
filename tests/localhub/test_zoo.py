"""Real checkpoints and real data, from the folder that HUBSCORE_ZOO names."""

import os
from pathlib import Path

import pytest
import timm
import torch
from datasets import load_dataset
from huggingface_hub import HfApi
from transformers import AutoModelForImageClassification

from hubscore.localhub import serve

pytestmark = pytest.mark.zoo


@pytest.fixture
def zoo(hub):
    """The zoo, linked into the session's Hub by copies, because the libraries talk to one address only."""
    if "HUBSCORE_ZOO" not in os.environ:
        pytest.skip("HUBSCORE_ZOO is not set")
    return Path(os.environ["HUBSCORE_ZOO"])

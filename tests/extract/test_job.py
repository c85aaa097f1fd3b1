from dataclasses import replace

import pytest
from extract.probes import probe

from hubscore.extract.job import ExtractionRecipe
from hubscore.extract.layer_request import LayerRequest
from hubscore.modalities.base import Modality
from hubscore.modalities.registry import MODALITIES
from hubscore.types import Candidate

ONE = Candidate("org/one", "1" * 40, "timm", weights="model.safetensors")
RECIPE = ExtractionRecipe(probe(), layers=LayerRequest())


@pytest.mark.parametrize(
    ("recipe", "candidate"),
    [
        (RECIPE, replace(ONE, revision="2" * 40)),
        (RECIPE, replace(ONE, weights="pytorch_model.bin")),
        (RECIPE, replace(ONE, input_size=96)),
        (replace(RECIPE, input_size=96), ONE),
        (replace(RECIPE, transform="whole"), ONE),
        (replace(RECIPE, precision="bf16"), ONE),
        (replace(RECIPE, layers=None), ONE),
        (replace(RECIPE, layers=LayerRequest(transform="own")), ONE),
    ],
)
def test_whatever_decides_the_keys_tells_identities_apart(recipe, candidate):
    assert recipe.identity(candidate) != RECIPE.identity(ONE)


def test_what_does_not_is_not_among_it():
    again = ExtractionRecipe(probe(3), batch_size=2, layers=LayerRequest(seed=1, parts=(3,)))
    assert again.identity(replace(ONE, repo_id="org/other", likes=3)) == RECIPE.identity(ONE)
    spared = replace(RECIPE, layers=LayerRequest(without=frozenset({ONE.repo_id})))
    assert spared.identity(ONE) == replace(RECIPE, layers=None).identity(ONE)


def test_keys_with_a_reason_and_those_of_another_packages_modality_are_not_kept(monkeypatch):
    assert RECIPE.lasting(("a",)) and RECIPE.lasting(("a", "b", "")) and not RECIPE.lasting(("a", "b", "no layers"))
    theirs = type("Theirs", (Modality,), {"__module__": "theirs", "name": "theirs"})()
    monkeypatch.setitem(MODALITIES._entries, "theirs", theirs)
    assert not replace(RECIPE, probe=replace(RECIPE.probe, modality="theirs")).lasting(("a",))
